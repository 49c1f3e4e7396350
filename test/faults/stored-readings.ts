/** Everything that InfluxDB holds, and how it compares with what was acknowledged. */

import type { LoadReport } from '../../simulators/load/run.ts';
import { loadValues } from '../../simulators/load/message.ts';

/** Values by time, for each `sensor metric`; and what came up twice under other tags. */
export interface StoredReadings {
  readonly series: ReadonlyMap<string, ReadonlyMap<number, number>>;
  readonly count: number;
  readonly twice: number;
}

/** Reads the measurement `reading` of a 1.x server, with all its tags. */
export async function readInflux(url: string, database = 'lantai'): Promise<StoredReadings> {
  const gathering = new Gathering();
  for (const metric of ['temperature', 'humidity', 'smoke']) {
    const query = `SELECT "value" FROM "reading" WHERE "metric" = '${metric}' GROUP BY *`;
    const form = new URLSearchParams({ db: database, epoch: 'ms', q: query });
    const answer = await fetch(`${url}/query?${form.toString()}`, {
      signal: AbortSignal.timeout(120_000),
    });
    if (!answer.ok) throw new Error(`InfluxDB answered ${answer.status}: ${await answer.text()}`);
    const { results } = (await answer.json()) as InfluxAnswer;
    for (const result of results) {
      if (result.error !== undefined) throw new Error(`InfluxDB: ${result.error}`);
      for (const { tags, values, partial } of result.series ?? []) {
        if (partial === true) throw new Error('InfluxDB cut its answer short');
        gathering.add(`${tags['sensor'] ?? ''} ${metric}`, values);
      }
    }
  }
  return gathering;
}

interface InfluxAnswer {
  readonly results: readonly {
    readonly error?: string;
    readonly series?: readonly {
      readonly tags: Readonly<Record<string, string>>;
      readonly values: readonly (readonly [time: number, value: number])[];
      readonly partial?: boolean;
    }[];
  }[];
}

/** Collects series; the same series and time under two sets of tags is stored twice. */
export class Gathering implements StoredReadings {
  readonly series = new Map<string, Map<number, number>>();
  count = 0;
  twice = 0;

  add(key: string, values: Iterable<readonly [time: number, value: number]>): void {
    let known = this.series.get(key);
    if (!known) this.series.set(key, (known = new Map()));
    for (const [time, value] of values) {
      this.count += 1;
      if (known.has(time)) this.twice += 1;
      known.set(time, value);
    }
  }
}

export interface ReadingVerdict {
  /** Readings of acknowledged messages. */
  readonly acknowledged: number;
  readonly stored: number;
  /** Acknowledged messages of which a reading is not stored. */
  readonly lostMessages: number;
  /** Acknowledged readings that are not stored. */
  readonly lostReadings: number;
  /** Stored under two sets of tags, or at a time that nobody sent (a redelivery taken for a new reading). */
  readonly twice: number;
  readonly wrongValues: number;
  /** The first few of each kind, to be looked into. */
  readonly examples: readonly string[];
}

const EXAMPLES_MAX = 10;

/** Compares reading by reading: sensor, metric, time and value. */
export function compareReadings(report: LoadReport, stored: StoredReadings): ReadingVerdict {
  const sent = sentReadings(report);
  const examples: string[] = [];
  const note = (text: string): void => {
    if (examples.length < EXAMPLES_MAX) examples.push(text);
  };
  const lost = new Set<string>();
  let lostReadings = 0;
  let wrongValues = 0;
  let acknowledged = 0;
  for (const [key, values] of sent.acknowledged) {
    const kept = stored.series.get(key);
    acknowledged += values.size;
    for (const [time, value] of values) {
      const found = kept?.get(time);
      if (found === undefined) {
        lostReadings += 1;
        lost.add(`${key.split(' ')[0] ?? ''} ${time}`);
        note(`lost: ${key} ${time}`);
      } else if (found !== value) {
        wrongValues += 1;
        note(`wrong: ${key} ${time}: ${found}, not ${value}`);
      }
    }
  }
  let neverSent = 0;
  for (const [key, values] of stored.series) {
    const known = sent.acknowledged.get(key);
    for (const time of values.keys()) {
      if (known?.has(time) === true || sent.unacknowledged > 0) continue;
      neverSent += 1;
      note(`never sent: ${key} ${time}`);
    }
  }
  return {
    acknowledged,
    stored: stored.count,
    lostMessages: lost.size,
    lostReadings,
    twice: stored.twice + neverSent,
    wrongValues,
    examples,
  };
}

/** What was acknowledged, by series; the load's values are a function of sensor and sequence. */
function sentReadings(report: LoadReport) {
  const acknowledged = new Map<string, Map<number, number>>();
  let unacknowledged = 0;
  report.sensors.forEach((account, index) => {
    const temperature = new Map<number, number>();
    const humidity = new Map<number, number>();
    const sequences = account.ranges.flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i),
    );
    (account.times ?? []).forEach((time, i) => {
      const values = loadValues(index, sequences[i] ?? 0);
      temperature.set(time, values.temperature);
      humidity.set(time, values.humidity);
    });
    acknowledged.set(`${account.sensor} temperature`, temperature);
    acknowledged.set(`${account.sensor} humidity`, humidity);
    unacknowledged += account.sent - account.acknowledged;
  });
  for (const fire of report.fires) {
    if (fire.acknowledgedAt === undefined) unacknowledged += 1;
    else {
      const key = `${fire.sensor} smoke`;
      const values = acknowledged.get(key) ?? new Map<number, number>();
      acknowledged.set(key, values.set(fire.time, fire.value));
    }
  }
  return { acknowledged, unacknowledged };
}
