/** Readings of one record: found by path, or by name in a list of names and values. */

import { NAME_CHARS_MAX } from './bounds.ts';
import type { PivotRule, ReadingRule } from './compile.ts';
import { findAll, findFirst, globMatches, type Match, type Scope } from './path.ts';
import { holds, timeOf, type RecordFrame } from './record-frame.ts';
import { fillTemplate } from './topic.ts';
import {
  converter,
  mapped,
  numberOf,
  stateOf,
  textOfScalar,
  withoutDust,
  type Taken,
} from './values.ts';

export function takeReadings(frame: RecordFrame): void {
  for (const rule of frame.handler.readings) {
    if (rule.when.length > 0 && !holds(rule.when, frame.scope)) continue;
    const matches = firstFound(rule, frame.scope);
    if (matches.length === 0 && rule.default !== undefined) {
      takeValue(frame, rule, { value: rule.default, key: undefined });
    }
    for (const match of matches) takeValue(frame, rule, match);
  }
}

function firstFound(rule: ReadingRule, scope: Scope): readonly Match[] {
  for (const path of rule.paths) {
    const matches = findAll(path, scope).filter((match) => match.value !== undefined);
    if (matches.length > 0) return matches;
  }
  return [];
}

/** A list of names and values: the shape of most Chinese DTUs and gateways. */
export function takePivot(frame: RecordFrame, pivot: PivotRule): void {
  for (const item of itemsOf(frame, pivot)) {
    const scope: Scope = {
      record: item.value,
      around: [frame.scope.record],
      root: frame.scope.root,
    };
    const of = pivot.time
      ? { ...frame, deviceTime: timeOf([pivot.time], scope, frame.profile) ?? frame.deviceTime }
      : frame;
    takeItem({ ...of, scope }, pivot, item.name);
  }
}

function takeItem(frame: RecordFrame, pivot: PivotRule, name: string): void {
  const { scope, collector, device, handler } = frame;
  const fault = pivot.error && textOfScalar(findFirst(pivot.error, scope));
  if (fault !== undefined && fault !== '' && fault !== '0') {
    collector.issue({ device, kind: 'source-fault', field: name, detail: fault });
    return;
  }
  const value = valueOf(pivot, scope);
  let known = false;
  for (const rule of handler.readings) {
    const fits = rule.names.some((n) => (n.whole ? n.before === name : globMatches(n, name)));
    if (!fits) continue;
    known = true;
    if (holds(rule.when, scope)) takeValue(frame, rule, { value, key: name });
  }
  if (known || handler.entry.offerOthers !== true) return;
  const number = numberOf(value);
  if (number.kind !== 'number') return;
  push(frame, {
    metric: `x.${name}`.slice(0, NAME_CHARS_MAX),
    value: number.value,
    channel: undefined,
  });
}

function valueOf(pivot: PivotRule, scope: Scope): unknown {
  for (const path of pivot.value) {
    const found = findFirst(path, scope);
    if (found !== undefined) return found;
  }
  return undefined;
}

function itemsOf(
  frame: RecordFrame,
  pivot: PivotRule,
): readonly { readonly name: string; readonly value: unknown }[] {
  if (pivot.entries) {
    const found = findFirst(pivot.entries, frame.scope);
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return [];
    return Object.entries(found)
      .slice(0, 256)
      .map(([name, value]) => ({ name, value }));
  }
  if (!pivot.list) return [];
  return findAll(pivot.list, frame.scope).flatMap(({ value }) => {
    const name = pivot.key && textOfScalar(findFirst(pivot.key, { ...frame.scope, record: value }));
    return name === undefined ? [] : [{ name, value }];
  });
}

function takeValue(frame: RecordFrame, rule: ReadingRule, match: Match): void {
  const { collector, device, variables } = frame;
  const { metric } = rule;
  const taken = rawOf(rule, match.value);
  if (taken.kind === 'missing') return collector.issue({ device, kind: 'missing', field: metric });
  if (taken.kind === 'bad') {
    return collector.issue({ device, kind: 'not-a-number', field: metric, detail: match.value });
  }
  if (rule.ignore.includes(taken.value)) {
    return collector.issue({ device, kind: 'sentinel', field: metric, detail: match.value });
  }
  const converted = rule.binary ? taken.value : convert(frame, rule, taken.value);
  if (converted === undefined || !Number.isFinite(converted)) {
    return collector.issue({ device, kind: 'not-a-number', field: metric, detail: match.value });
  }
  const value = withoutDust(converted);
  const { range } = rule;
  if (range && (value < range[0] || value > range[1])) {
    return collector.issue({ device, kind: 'sentinel', field: metric, detail: match.value });
  }
  const channel =
    rule.channel === undefined
      ? match.key
      : fillTemplate(rule.channel, { ...variables, ...keyed(match) });
  push(frame, { metric, value, channel });
}

function keyed(match: Match): Record<string, string> {
  return match.key === undefined ? {} : { key: match.key };
}

function rawOf(rule: ReadingRule, value: unknown): Taken {
  if (rule.map) return mapped(value, rule.map);
  if (rule.bit !== undefined) {
    const word = numberOf(value);
    if (word.kind !== 'number') return word;
    if (!Number.isSafeInteger(word.value) || word.value < 0) return { kind: 'bad' };
    return { kind: 'number', value: Math.floor(word.value / 2 ** rule.bit) % 2 };
  }
  return rule.binary ? stateOf(value) : numberOf(value);
}

function convert(frame: RecordFrame, rule: ReadingRule, value: number): number | undefined {
  if (!rule.unitFrom) return rule.convert(value);
  const unit = textOfScalar(findFirst(rule.unitFrom, frame.scope));
  // Without a unit the profile's own counts; one that is not understood is no reason to guess.
  if (unit === undefined || unit === '') return rule.convert(value);
  return converter(rule.metric, unit)?.(value);
}

function push(
  frame: RecordFrame,
  what: { readonly metric: string; readonly value: number; readonly channel: string | undefined },
): void {
  const { device, deviceTime, historical, sequence, collector } = frame;
  const { metric, value, channel } = what;
  collector.sample({
    device,
    metric,
    value,
    deviceTime,
    ...(channel === undefined || channel === ''
      ? {}
      : { channel: channel.slice(0, NAME_CHARS_MAX) }),
    ...(historical ? { historical: true } : {}),
    ...(sequence === undefined ? {} : { sequence }),
  });
}
