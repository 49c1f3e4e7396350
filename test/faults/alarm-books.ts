/** What the state store says of alarms, transitions and incidents after a run, against the fires that were lit. */

import { DatabaseSync } from 'node:sqlite';
import type { Alarm, AlarmTransition } from '../../domain/alarm.ts';
import type { Incident } from '../../domain/incident.ts';
import type { FireAccount } from '../../simulators/load/fires.ts';

export interface AlarmBooks {
  readonly alarms: readonly Alarm[];
  readonly transitions: readonly AlarmTransition[];
  readonly incidents: readonly Incident[];
}

/** Reads `state.db` after Lantai has stopped. */
export function readAlarmBooks(path: string): AlarmBooks {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  const all = <T>(table: string): readonly T[] =>
    db
      .prepare(`SELECT body FROM ${table} ORDER BY rowid`)
      .all()
      .map((row) => JSON.parse(String(row['body'])) as T);
  try {
    return {
      alarms: all('alarm'),
      transitions: all('alarm_transition'),
      incidents: all('incident'),
    };
  } finally {
    db.close();
  }
}

export interface AlarmVerdict {
  /** Fire messages (smoke = 1) that were acknowledged to the publisher. */
  readonly fires: number;
  /** Those without an alarm of their detector that was raised. */
  readonly missed: number;
  readonly confirmedFires: number;
  /** Rooms with two detectors in alarm and no confirmed fire, or no incident. */
  readonly confirmedMissed: number;
  readonly transitions: number;
  /** Raised, re-raised or returned twice, opened twice, or out of step with the alarm's revision. */
  readonly doubled: number;
  readonly examples: readonly string[];
}

const EXAMPLES_MAX = 10;

/** Every detector was lit at most once, so its alarm has exactly one `raised`, and one `returned` once it is out. */
export function judgeAlarms(
  books: AlarmBooks,
  q: { readonly fires: readonly FireAccount[]; readonly rooms: ReadonlyMap<string, string> },
): AlarmVerdict {
  const findings: string[] = [];
  const histories = Map.groupBy(books.transitions, (t) => t.alarm);
  const lit = q.fires.filter((f) => f.value === 1 && f.acknowledgedAt !== undefined);
  const out = new Set(
    q.fires.filter((f) => f.value === 0 && f.acknowledgedAt !== undefined).map((f) => f.fire),
  );
  let missed = 0;
  let doubled = doubledIn(books, histories, findings);
  for (const fire of lit) {
    const of = books.alarms.filter((a) => a.rule === 'smoke-alarm' && a.subject.id === fire.sensor);
    const kinds = of.flatMap((alarm) => histories.get(alarm.id) ?? []).map((t) => t.kind);
    const count = (kind: AlarmTransition['kind']): number => kinds.filter((k) => k === kind).length;
    const isMissed = count('raised') === 0 || (out.has(fire.fire) && count('returned') === 0);
    const isDoubled = count('raised') > 1 || count('returned') > 1 || count('re-raised') > 0;
    if (isMissed) missed += 1;
    if (isDoubled) doubled += 1;
    if (isMissed || isDoubled) findings.push(`${fire.sensor}: ${kinds.join(', ') || 'no alarm'}`);
  }
  const rooms = judgeRooms(books, { lit, rooms: q.rooms, findings });
  return {
    fires: lit.length,
    missed,
    confirmedFires: rooms.confirmed,
    confirmedMissed: rooms.missed,
    transitions: books.transitions.length,
    doubled: doubled + rooms.doubled,
    examples: findings.slice(0, EXAMPLES_MAX),
  };
}

/** Transitions that no single alarm may have, whatever happened in the world. */
function doubledIn(
  books: AlarmBooks,
  histories: ReadonlyMap<string, readonly AlarmTransition[]>,
  findings: string[],
): number {
  let doubled = books.transitions.length - new Set(books.transitions.map((t) => t.id)).size;
  for (const alarm of books.alarms) {
    const history = histories.get(alarm.id) ?? [];
    const raised = history.filter((t) => t.kind === 'raised').length;
    const revisions = history
      .map((t) => Number(t.id.slice(t.id.lastIndexOf('/') + 1)))
      .sort((a, b) => a - b);
    const inStep = revisions.every((revision, i) => revision === i + 1);
    if (raised === 1 && inStep && revisions.length === alarm.revision) continue;
    doubled += 1;
    findings.push(`${alarm.id}: revision ${alarm.revision}, transitions ${revisions.join(' ')}`);
  }
  return doubled + openTwice(books.alarms, findings);
}

/** One rule has at most one open alarm on one subject at any time. */
function openTwice(alarms: readonly Alarm[], findings: string[]): number {
  let twice = 0;
  const bySubject = Map.groupBy(alarms, (a) => `${a.repository} ${a.rule} ${a.subject.id}`);
  for (const [key, of] of bySubject) {
    const inOrder = of.toSorted((a, b) => a.raisedAt - b.raisedAt);
    inOrder.forEach((alarm, i) => {
      const next = inOrder[i + 1];
      if (!next || (alarm.closedAt ?? Infinity) <= next.raisedAt) return;
      twice += 1;
      findings.push(`open twice: ${key}`);
    });
  }
  return twice;
}

function judgeRooms(
  books: AlarmBooks,
  q: {
    readonly lit: readonly FireAccount[];
    readonly rooms: ReadonlyMap<string, string>;
    readonly findings: string[];
  },
) {
  const detectors = Map.groupBy(q.lit, (fire) => q.rooms.get(fire.sensor) ?? '');
  let confirmed = 0;
  let missed = 0;
  let doubled = 0;
  for (const [room, fires] of detectors) {
    const alarms = books.alarms.filter((a) => a.rule === 'fire-confirmed' && a.room === room);
    const incidents = books.incidents.filter((i) => i.plan.id === 'fire' && i.room === room);
    const wanted = new Set(fires.map((fire) => fire.sensor)).size >= 2 ? 1 : 0;
    confirmed += Math.min(1, alarms.length);
    if (alarms.length < wanted || incidents.length < wanted) missed += 1;
    if (alarms.length > wanted || incidents.length > wanted) doubled += 1;
    if (alarms.length !== wanted || incidents.length !== wanted) {
      q.findings.push(`${room}: ${alarms.length} confirmed, ${incidents.length} incidents`);
    }
  }
  return { confirmed, missed, doubled };
}
