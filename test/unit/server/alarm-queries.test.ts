import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { alarmIdStem, type Alarm } from '../../../domain/alarm.ts';
import type { Put } from '../../../domain/tick.ts';
import { findDataFolder } from '../../../server/data-folder.ts';
import type { StateQueries } from '../../../server/services.ts';
import { openState } from '../../../server/store/late-state-store.ts';
import { openStateQueries } from '../../../server/store/queries.ts';
import { alarm } from '../../http/fixtures.ts';

const path = mkdtempSync(join(tmpdir(), 'lantai-alarm-queries-'));
const ends: (() => void)[] = [() => rmSync(path, { recursive: true, force: true })];
let queries: StateQueries;

/** As the rules name them: by the moment of raising. */
function stored(raisedAt: number, change: Partial<Alarm> = {}): Alarm {
  const subject = change.subject ?? { kind: 'sensor', id: 'th-1' };
  const rule = change.rule ?? 'humidity-high';
  const repository = change.repository ?? 'sx';
  const id = `${alarmIdStem({ repository, rule, subject })}${(1e12 + raisedAt).toString(36)}`;
  return alarm(id, { ...change, rule, subject, repository, raisedAt, since: raisedAt });
}
const ALARMS = [
  stored(1, { closedAt: 10 }),
  stored(2, { closedAt: 5, room: 'r302' }),
  stored(3, { closedAt: 30, repository: 'other' }),
  stored(20),
  stored(21, { rule: 'humidity', subject: { kind: 'sensor', id: 'high-th-1' }, closedAt: 22 }),
  stored(23, { subject: { kind: 'door', id: 'th-1' }, closedAt: 24 }),
  stored(25, { subject: { kind: 'sensor', id: 'th-11' }, closedAt: 26 }),
  stored(27, { closedAt: 28 }),
  stored(40, { closedAt: 41 }),
];

beforeAll(async () => {
  const folder = findDataFolder(path);
  const { store, reader } = openState(folder);
  ends.push(
    () => folder.release(),
    () => store.close(),
    () => reader.close(),
  );
  const puts = ALARMS.map((row): Put => ({ table: 'alarm', mode: 'insert', row }));
  await store.commit({ puts, deletes: [] });
  queries = openStateQueries(reader);
});
afterAll(() => {
  for (const end of ends.reverse()) end();
});

it('alarms of a period are those that were not over before it and not raised after it', () => {
  const during = (q: { from: number; until: number; room?: string; rowsMax?: number }) =>
    queries.alarmsDuring({ repository: 'sx', rowsMax: 100, ...q }).map((a) => a.raisedAt);
  expect(during({ from: 6, until: 21 })).toEqual([20, 1]);
  expect(during({ from: 5, until: 21 })).toEqual([20, 2, 1]);
  expect(during({ from: 0, until: 20 })).toEqual([2, 1]);
  expect(during({ from: 0, until: 20, room: 'sx.r302' })).toEqual([2]);
  expect(during({ from: 0, until: 100, rowsMax: 2 })).toEqual([40, 27]);
});

it('alarms like one are of its rule and subject, over, earlier, newest first', () => {
  const like = (raisedAt: number, rowsMax = 3) =>
    queries.alarmsLike(stored(raisedAt), rowsMax).map((a) => a.raisedAt);
  expect(like(30)).toEqual([27, 2, 1]);
  expect(like(30, 2)).toEqual([27, 2]);
  expect(like(100)).toEqual([40, 27, 2]);
  expect(like(1)).toEqual([]);
});
