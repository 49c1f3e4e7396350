/** Which series of which sensors speak about an alarm, and what they say. */

import { marginOf, type Rule } from '../../alerts/index.ts';
import type { Alarm } from '../../domain/alarm.ts';
import type { WhySensor } from '../../domain/alarm-why.ts';
import { qualify } from '../../domain/ids.ts';
import type { Limit } from '../../domain/limits.ts';
import { isSafetyMetric, isUrgentMetric, METRICS, type MetricName } from '../../domain/metrics.ts';
import { isSure, type Quality } from '../../domain/reading.ts';
import { activeOf, idOf, type Registry, type Sensor } from '../../domain/registry.ts';
import type { ReadingRow } from '../../domain/ports.ts';

/** One series that speaks about the alarm. */
export interface Witness {
  readonly sensor: Sensor;
  readonly metric: MetricName;
  /** Behind the alarm; else a neighbour in its room. */
  readonly evidence: boolean;
}

/** The sensors behind the alarm, then the others of its room that measure the same. */
export function witnessesOf(alarm: Alarm, registry: Registry): readonly Witness[] {
  const named = [...new Set([...ownSensor(alarm), ...alarm.evidence])];
  const own = named.flatMap((id): readonly Witness[] => {
    const sensor = registry.sensors.get(qualify(alarm.repository, id));
    const metric = sensor && metricOf(alarm, sensor);
    return sensor && metric ? [{ sensor, metric, evidence: true }] : [];
  });
  const metrics = new Set(own.map(({ metric }) => metric));
  const others = activeOf(registry.sensors, alarm.repository)
    .filter((sensor) => sensor.room === alarm.room && !named.includes(sensor.id))
    .flatMap((sensor): readonly Witness[] => {
      const metric = sensor.metrics.find((one) => metrics.has(one));
      return metric ? [{ sensor, metric, evidence: false }] : [];
    });
  return [...own, ...others];
}

function ownSensor({ subject }: Alarm): readonly string[] {
  return subject.kind === 'sensor' ? [subject.id] : [];
}

/** What of a sensor speaks: the alarm's own metric; of a confirmed fire what tells one; of a silent sensor any. */
function metricOf({ metric, safety }: Alarm, sensor: Sensor): MetricName | undefined {
  if (metric !== undefined && sensor.metrics.includes(metric)) return metric;
  return (safety ? sensor.metrics.find(isUrgentMetric) : undefined) ?? sensor.metrics[0];
}

/** What of a sensor is held against the alarm: its last value, or how far its values lie apart in a day. */
export function judgedOf(rule: Rule | undefined): 'value' | 'day-range' {
  return rule?.kind === 'swing' && rule.reading === 'peak-to-peak' ? 'day-range' : 'value';
}

/** Whether a figure agrees with the alarm; `undefined`: it can't be held against it, as silence judges no value. */
export function comparing(q: {
  readonly alarm: Alarm;
  readonly rule: Rule | undefined;
  readonly registry: Registry;
  /** The room's limit that was in force. */
  readonly range: Limit | undefined;
}): (figure: number, metric: MetricName) => boolean | undefined {
  const { alarm, rule } = q;
  const { limit } = alarm;
  return (figure, metric) => {
    if (METRICS.get(metric)?.kind === 'binary') {
      return isJudgedBySignal(alarm, rule) ? figure !== 0 : undefined;
    }
    if (limit === undefined) return undefined;
    if (judgedOf(rule) === 'day-range') return figure > limit;
    if (rule?.kind === 'swing') {
      const setPoint = setPointOf(alarm, q.registry);
      return setPoint === undefined ? undefined : Math.abs(figure - setPoint) > limit;
    }
    const side = sideOf(alarm, rule);
    if (side === undefined) return undefined;
    // A rule that warns inside its limit holds from there on, for the others as well.
    const inside = rule?.kind === 'band' ? marginOf(rule, { range: q.range }) : 0;
    return side === 'above' ? figure > limit - inside : figure < limit + inside;
  };
}

/** Of the alarm's metric, in its room as it is now. */
export function setPointOf(alarm: Alarm, registry: Registry): number | undefined {
  const { metric, room, repository } = alarm;
  if (room === undefined || (metric !== 'temperature' && metric !== 'humidity')) return undefined;
  return registry.rooms.get(qualify(repository, room))?.setPoint?.[metric];
}

function isJudgedBySignal(alarm: Alarm, rule: Rule | undefined): boolean {
  if (!rule) return alarm.metric !== undefined;
  return ['signal', 'detector', 'detector-test', 'confirmed-fire'].includes(rule.kind);
}

/** Of the bound; of a rule that is no more by what was told. */
export function sideOf(alarm: Alarm, rule: Rule | undefined): 'above' | 'below' | undefined {
  if (rule) return rule.kind === 'band' ? rule.side : undefined;
  if (alarm.value === undefined || alarm.limit === undefined) return undefined;
  return alarm.value > alarm.limit ? 'above' : 'below';
}

/** What the witness said last by then. What failed a test says nothing, but a signal of fire or water is believed. */
export function statementOf(
  { sensor, metric, evidence }: Witness,
  newest: ReadingRow | undefined,
  compare: ReturnType<typeof comparing>,
): WhySensor {
  const about = { sensor: idOf(sensor), name: sensor.name ?? sensor.id, metric, evidence };
  if (!newest) return { ...about, says: 'cannot-tell' };
  const [at, value, quality] = newest;
  const isBelieved = isSure(quality as Quality) || (isSafetyMetric(metric) && value === 1);
  const agrees = isBelieved ? compare(value, metric) : undefined;
  const says = agrees === undefined ? 'cannot-tell' : agrees ? 'agrees' : 'disagrees';
  return { ...about, says, value, at };
}
