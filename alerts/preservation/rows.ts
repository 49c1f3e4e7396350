/**
 * What a pair remembers, as rows: `alerts/<humidity sensor>/climate`, and with `/record` behind it what has added up, which
 * changes only by the hour. Trackers are kept by rule id, so other rules may come and go.
 */

import type { ClimateRecord } from '../../domain/preservation/climate-record.ts';
import type { RuleStateRow } from '../../domain/tick.ts';
import type { Moment } from '../../domain/time.ts';
import type { Tracker } from '../judge/delay.ts';
import type { ClimateUnit } from '../state/units.ts';
import { EMPTY_ACCUMULATION, type Accumulation } from './accumulate.ts';
import { ClimateState } from './state.ts';

const PREFIX = 'alerts/';

interface ClimateBody extends Omit<Accumulation, 'record'> {
  readonly temperatureFrom: Moment;
  readonly humidityFrom: Moment;
  readonly takenAt: Moment;
  readonly trackers: Readonly<Record<string, Tracker>>;
}

/** The rows of a pair with this state. */
export function climateRows(
  unit: ClimateUnit,
  state: ClimateState,
): readonly Omit<RuleStateRow, 'coversSpool'>[] {
  const id = PREFIX + unit.key;
  const { accumulation, temperatureFrom, humidityFrom, takenAt } = state;
  const { record, ...underWay } = accumulation;
  const kept = unit.rules.flatMap(({ rule }, i) => {
    const tracker = state.trackers[i];
    return tracker ? [[rule.id, tracker] as const] : [];
  });
  const trackers = Object.fromEntries(kept);
  const body: ClimateBody = { ...underWay, temperatureFrom, humidityFrom, takenAt, trackers };
  const own = { id, body: JSON.stringify(body) };
  return state.recordChanged ? [own, { id: `${id}/record`, body: JSON.stringify(record) }] : [own];
}

/** The state that the rows tell of; without any it stays as at the beginning. */
export function restoreClimate(unit: ClimateUnit, rows: ReadonlyMap<string, string>): void {
  const body = rows.get(PREFIX + unit.key);
  if (body === undefined) return;
  const { trackers, temperatureFrom, humidityFrom, takenAt, ...underWay } = JSON.parse(
    body,
  ) as ClimateBody;
  const saved = rows.get(`${PREFIX}${unit.key}/record`);
  const record =
    saved === undefined ? EMPTY_ACCUMULATION.record : (JSON.parse(saved) as ClimateRecord);
  const state = new ClimateState();
  Object.assign(state, { temperatureFrom, humidityFrom, takenAt });
  state.accumulation = { ...underWay, record };
  state.trackers = unit.rules.map(({ rule }) => trackers[rule.id]);
  unit.state = state;
}

/** Carries what is remembered over to a pair that was compiled anew. */
export function carryClimateOver(from: ClimateUnit, to: ClimateUnit): void {
  const state = from.state.clone();
  const byRule = new Map(from.rules.map(({ rule }, i) => [rule.id, from.state.trackers[i]]));
  state.trackers = to.rules.map(({ rule }) => byRule.get(rule.id));
  state.recordChanged = true;
  to.state = state;
}
