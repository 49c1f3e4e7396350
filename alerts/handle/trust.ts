/** Trust in sensors: rooms are looked at every ten minutes, and who is not to be trusted is an alarm of low priority. */

import type { Sensor } from '../../domain/registry.ts';
import { idOf } from '../../domain/registry.ts';
import type { Moment } from '../../domain/time.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { SensorTrust, TrustReason } from '../../domain/trust.ts';
import type { Draft } from '../draft.ts';
import type { TrustRule } from '../rules/rule-types.ts';
import { seriesOf } from '../state/series-of.ts';
import type { SensorState } from '../state/states.ts';
import type { ComparedRoom, SensorUnit } from '../state/units.ts';
import { METRIC_WORDS } from '../rules/words.ts';
import { listOf } from '../tell/quality-words.ts';
import { trustOf } from '../trust/level.ts';
import { SAMPLE_MS, sampleBeside, shiftTrust, type RoomTrust } from '../trust/sample.ts';
import { begin, end, fill, openOf, withUnit } from './findings.ts';
import { nameOf, subjectOf } from './known.ts';

/** What is remembered of rooms; the same for a step and for the committed state. */
export interface TrustView {
  readonly world: Draft['world'];
  trustIn(roomKey: string): RoomTrust;
  peek(unit: SensorUnit): SensorState;
}

/** Looks at all rooms when ten minutes of the clock have passed. */
export function elapseTrust(draft: Draft): void {
  const slot = Math.floor(draft.now / SAMPLE_MS);
  const { trustRule: rule } = draft.world;
  if (!rule || slot === draft.trustSlot) return;
  draft.trustSlot = slot;
  for (const home of draft.world.homes.values()) {
    for (const compared of home.compared) sampleRoom(draft, rule, compared);
    for (const unit of home.sensors.values()) judgeTrust(draft, unit, rule);
  }
}

/** Whether time alone may say something of a sensor: nothing does where nothing is compared, nor calibrated. */
export function mayTrustChange({ world, open, isTrustKnown }: Draft): boolean {
  const { trustRule: rule, registry, homes } = world;
  if (!rule) return false;
  if (isTrustKnown || registry.calibrations.size > 0) return true;
  for (const home of homes.values()) if (home.compared.length > 0) return true;
  for (const alarm of open.alarms.values()) if (alarm.rule === rule.id) return true;
  return false;
}

/** How far a sensor is to be trusted now. */
export function trustIn(view: TrustView, unit: SensorUnit, now: Moment): SensorTrust {
  const { trustRule: rule, registry } = view.world;
  if (!rule) return { level: 'trusted', reasons: [] };
  const state = view.peek(unit);
  const known = unit.room ? view.trustIn(unit.room.key) : {};
  const beside = unit.series.flatMap(({ metric }) => {
    const found = known[keyOf(unit.sensor, metric)];
    return found ? [{ metric, beside: found }] : [];
  });
  const calibrations = registry.calibrations.get(idOf(unit.sensor)) ?? [];
  const { bad, doubt } = state;
  return trustOf({ bad, doubtful: doubt.holds, beside, calibrations }, rule, now);
}

export function shiftAllTrust(draft: Draft, deltaMs: number): void {
  for (const home of draft.world.homes.values()) {
    const rooms = new Set([...home.sensors.values()].map((unit) => unit.room));
    for (const room of rooms) {
      const before = room && draft.trustIn(room.key);
      if (!before || Object.keys(before).length === 0) continue;
      draft.trust.set(room.key, shiftTrust(before, deltaMs));
    }
  }
}

function sampleRoom(draft: Draft, rule: TrustRule, { room, metrics }: ComparedRoom): void {
  const before = draft.trustIn(room.key);
  let after = before;
  for (const { metric, units } of metrics) {
    const differMax = rule.bounds[metric]?.differMax;
    if (differMax === undefined) continue;
    const values = units.flatMap((unit) => {
      const value = freshValue(draft, unit, metric);
      return value === undefined ? [] : [{ key: keyOf(unit.sensor, metric), value }];
    });
    after = sampleBeside(after, values, { differMax, hours: rule.driftHours, now: draft.now });
  }
  if (after !== before) draft.trust.set(room.key, after);
}

/** The newest value that stands for now: neither old, nor of a sensor that fails. */
function freshValue(draft: Draft, unit: SensorUnit, metric: string): number | undefined {
  const series = seriesOf(unit, metric);
  const state = draft.peek(unit);
  const own = series && state.series[series.index];
  if (!own || Number.isNaN(own.value) || state.bad || state.silent) return undefined;
  const isFresh = draft.now - Math.min(own.receivedAt, own.at) <= unit.silenceMs;
  return isFresh ? own.value : undefined;
}

/** Bad data has an alarm of its own; this one is for what only a comparison shows. */
function judgeTrust(draft: Draft, unit: SensorUnit, rule: TrustRule): void {
  const trust = trustIn(draft, unit, draft.now);
  const told = trust.reasons.filter(({ kind }) => kind !== 'bad-data' && kind !== 'suspect-data');
  const place = { home: unit.home, subject: subjectOf(unit) };
  const open = openOf(draft, rule, place);
  const isUntrusted = told.length > 0 && trust.level === 'untrusted';
  if (!isUntrusted) {
    if (open && open.verdict !== 'not-met') end(draft, rule, place);
    return;
  }
  if (open?.verdict === 'met') return;
  const [first] = told;
  begin(draft, {
    rule,
    ...place,
    room: unit.room,
    since: first?.since ?? draft.now,
    ...(first?.metric === undefined ? {} : { metric: first.metric }),
    ...(first?.value === undefined ? {} : { value: first.value }),
    ...(first?.limit === undefined ? {} : { limit: first.limit }),
    words: { subject: nameOf(unit), reasons: listOf(told.map((one) => said(draft, one))) },
  });
}

function said(draft: Draft, { kind, metric, value, limit }: TrustReason): LocalizedText {
  const { words } = draft.world.rules;
  const text = words.trust[kind] ?? { zh: kind, en: kind };
  return fill(text, {
    metric: metric === undefined ? '' : METRIC_WORDS[metric],
    value: metric === undefined || value === undefined ? '' : withUnit(metric, value),
    limit: metric === undefined || limit === undefined ? '' : withUnit(metric, limit),
  });
}

function keyOf(sensor: Sensor, metric: string): string {
  return `${sensor.id}/${metric}`;
}
