/** What each scenario must show, line by line, for the table and for the tests. */

import type { BrokerRunReport } from './broker-run.ts';
import type { DiskRunReport } from './disk-run.ts';
import type { LockedRunReport } from './locked-run.ts';
import type { FireTold } from './watch-stage.ts';

/** Safety alarms that can't be stored are told after three seconds; five with the way to people. */
const TOLD_MS_MAX = 5_000;

export interface Line {
  readonly what: string;
  readonly value: string | number;
  /** In words, where there is one. */
  readonly bar?: string;
  /** `false`: the bar is missed. */
  readonly ok: boolean;
}

export function brokerLines(report: BrokerRunReport): readonly Line[] {
  const { killing, readings, alarms } = report;
  const ours = report.acknowledgedToPublisher - report.leftAtBroker;
  return [
    shown('messages sent', report.sent),
    exactly('acknowledged to the publisher', report.acknowledgedToPublisher, report.sent),
    exactly('acknowledged by us to the broker', ours, report.sent),
    truth('sessions kept by the broker', report.sessionsKept),
    shown('messages taken by Lantai, at least', killing.takenAtLeast),
    shown('readings recognised as redelivered', killing.duplicates),
    shown('kills (-9)', killing.kills),
    shown('… while messages were still sent', killing.underLoad),
    shown('… in the middle of a start', killing.early),
    shown('readings acknowledged', readings.acknowledged),
    exactly('readings stored in InfluxDB', readings.stored, readings.acknowledged),
    exactly('messages lost', readings.lostMessages, 0),
    exactly('readings stored twice', readings.twice, 0),
    exactly('readings with another value', readings.wrongValues, 0),
    shown('fires acknowledged', alarms.fires),
    exactly('alarms missed', alarms.missed, 0),
    shown('fires confirmed by two detectors', alarms.confirmedFires),
    exactly('confirmed fires missed', alarms.confirmedMissed, 0),
    shown('transitions', alarms.transitions),
    exactly('transitions doubled', alarms.doubled, 0),
    exactly('alarms open before a kill and not after', killing.openLost, 0),
    exactly("people's acknowledgements lost", report.commandsLost, 0),
    shown('messages told, of which repeated with the same key', toldOf(report)),
    truth('journal chain intact', report.journal.ok),
    truth('stores caught up', report.drained),
    exactly('exit status after SIGTERM', report.stopStatus ?? 'killed', 0),
    shown('longest stall of acknowledgement, s', seconds(report.longestStallMs)),
    shown('longest start, s', seconds(killing.startMsMax)),
    shown('duration, s', seconds(report.durationMs)),
  ];
}

function toldOf({ told }: BrokerRunReport): string {
  return `${told.messages}, ${told.messages - told.keys}`;
}

export function diskLines(report: DiskRunReport): readonly Line[] {
  const { withReserve, withoutSpace, readings } = report;
  return [
    ...toldLines('fire with the reserve', withReserve),
    truth('… stored', withReserve.stored),
    truth('… not marked 未入库', !withReserve.markedUnstored && !withReserve.liveMarked),
    atLeast('commits that failed before the second fire', report.commitFailures, 1),
    ...toldLines('fire without any space', withoutSpace),
    truth('… marked 未入库 to people', withoutSpace.markedUnstored),
    truth('… marked 未入库 on the live feed', withoutSpace.liveMarked),
    truth('… not acknowledged before it is stored', !withoutSpace.acknowledgedMeanwhile),
    within('stored again after there is room, ms', report.storedAgainMs, 30_000),
    truth('all messages acknowledged in the end', report.complete),
    shown('readings acknowledged', readings.acknowledged),
    shown('readings stored', readings.stored),
    shown('climate readings thinned (counted)', report.thinned),
    exactly('readings lost (not stored, not counted as thinned)', report.lost, 0),
    exactly('safety readings lost', report.safetyLost, 0),
    exactly('readings stored twice', readings.twice, 0),
    exactly('alarms missed', report.alarmsMissed, 0),
    exactly('transitions doubled', report.transitionsDoubled, 0),
    exactly('told again', report.toldTwice, 0),
    truth('journal chain intact', report.journalOk),
    shown('duration, s', seconds(report.durationMs)),
  ];
}

export function lockedLines(report: LockedRunReport): readonly Line[] {
  const { fire } = report;
  return [
    shown('state store locked, s', seconds(report.lockedMs)),
    ...toldLines('fire', fire),
    truth('… marked 未入库 to people', fire.markedUnstored),
    truth('… marked 未入库 on the live feed', fire.liveMarked),
    truth('… not acknowledged before it is stored', !fire.acknowledgedMeanwhile),
    within('stored again after the lock, ms', report.storedAgainMs, 5_000),
    exactly('alarms missed', report.alarmsMissed, 0),
    exactly('transitions doubled', report.transitionsDoubled, 0),
    exactly('told again', report.repeated, 0),
    truth('journal chain intact', report.journalOk),
  ];
}

/** The bars that are missed, in words. */
export function missed(lines: readonly Line[]): readonly string[] {
  return lines
    .filter((line) => !line.ok)
    .map(({ what, value, bar }) => `${what}: ${value} (${bar ?? ''})`);
}

function toldLines(what: string, fire: FireTold): readonly Line[] {
  return [
    within(`${what}: told by webhook, ms`, fire.toldMs, TOLD_MS_MAX),
    within(`${what}: on the live feed, ms`, fire.liveMs, TOLD_MS_MAX),
  ];
}

function shown(what: string, value: string | number): Line {
  return { what, value, ok: true };
}

function exactly(what: string, value: string | number, bar: number): Line {
  return { what, value, bar: `= ${bar}`, ok: value === bar };
}

function atLeast(what: string, value: number, bar: number): Line {
  return { what, value, bar: `≥ ${bar}`, ok: value >= bar };
}

function within(what: string, value: number | undefined, bar: number): Line {
  return {
    what,
    value: value ?? 'never',
    bar: `≤ ${bar}`,
    ok: value !== undefined && value <= bar,
  };
}

function truth(what: string, value: boolean): Line {
  return { what, value: value ? 'yes' : 'no', bar: 'yes', ok: value };
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
