/** Times as devices write them. */

import type { Moment } from '../../domain/time.ts';
import { readTime } from '../intake/clock.ts';

/** Minutes east of UTC of local times; argument: the local time, taken as if it were UTC. */
export type OffsetMinutes = (localAsUtc: Moment) => number;

const NUMERIC = /^\d{9,19}(?:\.\d{1,9})?$/;
/** `2026-03-02 09:10:11`, `2026/03/02T09:10:11.5`; a zone's letters behind it. */
const LOCAL =
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ([A-Za-z]{1,5}))?$/;
/** `20151212T121212Z`, `20151212121212`. */
const COMPACT = /^(\d{4})(\d{2})(\d{2})T?(\d{2})(\d{2})(\d{2})(Z?)$/;
/** `07:16:17 06/16/2021 UTC`: month first. */
const CLOCK_FIRST = /^(\d{2}):(\d{2}):(\d{2}) (\d{2})\/(\d{2})\/(\d{4})(?: ([A-Za-z]{1,5}))?$/;
const CHARS_MAX = 64;
const SECONDS_BELOW = 1e11;
const MILLISECONDS_BELOW = 1e14;
const MICROSECONDS_BELOW = 1e17;

/**
 * A moment; `undefined`: there is none; NaN: it can't be read. Numbers are seconds, ms, µs or ns since 1970 by their
 * size. Letters of a zone other than UTC, GMT and Z are not trusted (CST is China's and Chicago's): the source's own
 * zone counts.
 */
export function readDeviceTime(value: unknown, offset: OffsetMinutes): Moment | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string' || value.length > CHARS_MAX) return NaN;
  const text = value.trim();
  if (text === '') return undefined;
  const compact = COMPACT.exec(text);
  if (compact) return fromCompact(compact, offset);
  if (NUMERIC.test(text)) return fromNumber(Number(text));
  const local = LOCAL.exec(text);
  if (local) return fromLocal(local, offset);
  const clockFirst = CLOCK_FIRST.exec(text);
  if (clockFirst) return fromClockFirst(clockFirst, offset);
  return readTime(text);
}

function fromNumber(value: number): Moment {
  if (!Number.isFinite(value) || value < 0) return NaN;
  if (value < SECONDS_BELOW) return Math.round(value * 1_000);
  if (value < MILLISECONDS_BELOW) return Math.floor(value);
  if (value < MICROSECONDS_BELOW) return Math.floor(value / 1e3);
  return Math.floor(value / 1e6);
}

function fromLocal(m: RegExpExecArray, offset: OffsetMinutes): Moment {
  const ms = Math.floor(Number(`0.${m[7] ?? '0'}`) * 1_000);
  const at = utcOf({ y: m[1], mo: m[2], d: m[3], h: m[4], mi: m[5], s: m[6] ?? '0' }) + ms;
  return zoned(at, m[8], offset);
}

function fromCompact(m: RegExpExecArray, offset: OffsetMinutes): Moment {
  const at = utcOf({ y: m[1], mo: m[2], d: m[3], h: m[4], mi: m[5], s: m[6] });
  return zoned(at, m[7] === '' ? undefined : m[7], offset);
}

function fromClockFirst(m: RegExpExecArray, offset: OffsetMinutes): Moment {
  const at = utcOf({ h: m[1], mi: m[2], s: m[3], mo: m[4], d: m[5], y: m[6] });
  return zoned(at, m[7], offset);
}

function zoned(at: Moment, letters: string | undefined, offset: OffsetMinutes): Moment {
  if (Number.isNaN(at)) return NaN;
  const isUtc = letters !== undefined && /^(utc|gmt|z)$/i.test(letters);
  return isUtc ? at : at - offset(at) * 60_000;
}

type Fields = Readonly<Record<'y' | 'mo' | 'd' | 'h' | 'mi' | 's', string | undefined>>;

/** NaN for what is no day or no time of day. */
function utcOf(f: Fields): Moment {
  const [y, mo, d, h, mi, s] = [f.y, f.mo, f.d, f.h, f.mi, f.s].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const at = Date.UTC(y, mo - 1, d, h, mi, s);
  const back = new Date(at);
  const same =
    back.getUTCMonth() === mo - 1 &&
    back.getUTCDate() === d &&
    back.getUTCHours() === h &&
    back.getUTCMinutes() === mi;
  return same ? at : NaN;
}

const ZONES_MAX = 64;
const zones = new Map<string, OffsetMinutes>();

/** Of an IANA zone, or `Z`. Throws a RangeError for a zone that there is not. */
export function offsetOf(zone: string): OffsetMinutes {
  if (zone === 'Z' || zone === 'UTC') return () => 0;
  const known = zones.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const at = (moment: Moment): number => {
    const parts = new Map(format.formatToParts(moment).map((p) => [p.type, Number(p.value)]));
    const [y, mo, d] = [parts.get('year'), parts.get('month'), parts.get('day')];
    const [h, mi, s] = [parts.get('hour'), parts.get('minute'), parts.get('second')];
    const local = Date.UTC(y ?? 0, (mo ?? 1) - 1, d ?? 1, h ?? 0, mi ?? 0, s ?? 0);
    return Math.round((local - Math.floor(moment / 1000) * 1000) / 60_000);
  };
  const made = byQuarter((local) => at(local - at(local) * 60_000));
  if (zones.size >= ZONES_MAX) zones.clear();
  zones.set(zone, made);
  return made;
}

const QUARTER_MS = 15 * 60_000;

/** Zones change at quarters of an hour; devices tell times of the same quarter again and again. */
function byQuarter(ask: OffsetMinutes): OffsetMinutes {
  let quarter = NaN;
  let minutes = 0;
  return (local) => {
    const its = Math.floor(local / QUARTER_MS);
    if (its !== quarter) {
      minutes = ask(local);
      quarter = its;
    }
    return minutes;
  };
}
