/** The records of a message, and what one handler makes of each: readings, an event, availability. */

import { say } from '../../domain/sentences.ts';
import { ACCESS_EVENTS, type AccessEventKind } from '../../domain/access.ts';
import { NAME_CHARS_MAX, RECORDS_MAX } from './bounds.ts';
import type { AvailabilityRule, EventRule, FieldRule, Handler } from './compile.ts';
import { asField } from './content.ts';
import { expand, findAll, findFirst, type Expanded, type Path, type Scope } from './path.ts';
import { takePivot, takeReadings } from './readings.ts';
import { takeList } from './device-list.ts';
import {
  firstText,
  holds,
  identityOf,
  timeOf,
  type Frame,
  type RecordFrame,
} from './record-frame.ts';
import { textOfScalar } from './values.ts';

const kinds: ReadonlySet<string> = new Set(ACCESS_EVENTS);
const isKind = (word: string | undefined): word is AccessEventKind =>
  word !== undefined && kinds.has(word);

/** False: the message is not for this handler. */
export function takeRecords(content: unknown, frame: Frame): boolean {
  const handler = frame.way.handler as Handler;
  const root = asField(handler, content, frame.way.variables);
  const whole: Scope = { record: root, around: [], root };
  const { require, requireEquals, each, entry } = handler;
  if (
    require.length > 0 &&
    !require.some((path) => (findFirst(path, whole) ?? undefined) !== undefined)
  )
    return false;
  if (!holds(requireEquals, whole)) return false;
  const start = entry.payload === 'lines' ? linesPath : each;
  const records = start
    ? expand(start, root, RECORDS_MAX)
    : [{ ...whole, key: undefined } satisfies Expanded];
  if (!records) {
    frame.collector.refuse('array-too-long', say('too-many-records', { most: RECORDS_MAX }));
    return true;
  }
  if (handler.deviceList) takeList(records, { ...frame, handler, root });
  else for (const record of records) takeRecord(record, { ...frame, handler });
  return true;
}

const linesPath: Path = {
  text: 'lines[*]',
  from: 0,
  steps: [{ kind: 'key', key: 'lines' }, { kind: 'all' }],
};

function takeRecord(record: Expanded, frame: Frame & { readonly handler: Handler }): void {
  const { handler, profile, collector } = frame;
  const { variables, device } = identityOf(record, frame);
  if (device === undefined) {
    collector.refuse('no-device', say('no-device', { device: handler.entry.device }));
    return;
  }
  const sequence = handler.sequence && Number(textOfScalar(findFirst(handler.sequence, record)));
  const one: RecordFrame = {
    ...frame,
    scope: record,
    variables,
    device,
    deviceTime: timeOf(handler.time, record, profile),
    historical:
      handler.entry.historical === true ||
      (handler.historicalWhen.length > 0 && holds(handler.historicalWhen, record)),
    sequence: Number.isSafeInteger(sequence) && Number(sequence) >= 0 ? sequence : undefined,
  };
  if (handler.pivot) takePivot(one, handler.pivot);
  else takeReadings(one);
  if (handler.event) takeEvent(one, handler.event);
  if (handler.availability) takeAvailability(one, handler.availability);
}

function fieldOf(rule: FieldRule | undefined, scope: Scope): string | undefined {
  if (!rule) return undefined;
  const text = firstText(rule.paths, scope);
  if (text === undefined || text === '') return undefined;
  if (!rule.map) return text.slice(0, NAME_CHARS_MAX);
  return Object.hasOwn(rule.map, text) ? rule.map[text] : rule.map['*'];
}

function takeEvent(frame: RecordFrame, rule: EventRule): void {
  const { scope, collector, device, deviceTime, sequence } = frame;
  if (!holds(rule.when, scope)) return;
  let kind: string | undefined;
  for (const field of rule.kinds) {
    kind = fieldOf(field, scope);
    if (kind !== undefined) break;
  }
  // `none` stands in a map for what a profile knows and leaves out.
  if (kind === 'none') return;
  if (!isKind(kind)) {
    const said = rule.kinds.map((field) => firstText(field.paths, scope)).join(', ');
    collector.issue({ device, kind: 'not-a-number', field: 'event', detail: said });
    return;
  }
  const { door, credential, person, direction, reason } = rule.fields;
  const way = fieldOf(direction, scope);
  collector.event({
    device,
    event: kind,
    deviceTime,
    ...field('door', fieldOf(door, scope)),
    ...field('credential', fieldOf(credential, scope)),
    ...field('person', fieldOf(person, scope)),
    ...field('reason', fieldOf(reason, scope)),
    ...(way === 'in' || way === 'out' ? { direction: way } : {}),
    ...(frame.historical ? { historical: true } : {}),
    ...(sequence === undefined ? {} : { sequence }),
  });
}

function field<K extends string>(key: K, text: string | undefined): { readonly [P in K]?: string } {
  return (text === undefined ? {} : { [key]: text }) as { readonly [P in K]?: string };
}

function takeAvailability(frame: RecordFrame, rule: AvailabilityRule): void {
  const { scope, collector, device, deviceTime } = frame;
  for (const path of rule.paths) {
    for (const { value } of findAll(path, scope)) {
      const text = textOfScalar(value);
      if (text === undefined) continue;
      const online = rule.online.has(text);
      if (!online && !rule.offline.has(text)) continue;
      collector.availability({ device, online, scope: rule.scope, deviceTime });
      return;
    }
  }
}
