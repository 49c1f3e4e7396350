import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { RawMessage } from '../../../domain/intake.ts';
import { createDeviceLists } from '../../../gateway/profiles/device-list.ts';
import { createUnknownDevices } from '../../../gateway/profiles/unknown-devices.ts';
import { keepFoundDevices } from '../../../server/devices/found-devices.ts';
import type { Writer } from '../../../server/services.ts';
import { Reader } from '../../../server/store/queries.ts';
import { loadSavedState } from '../../../server/store/saved-state.ts';
import { openSqliteStateStore } from '../../../server/store/sqlite-state-store.ts';
import { temporaryFolder } from '../../system/lantai.ts';

const AT = Date.UTC(2026, 10, 22, 12);
const raw = (device: string, at = AT): RawMessage => ({
  topic: `z/${device}`,
  payload: Buffer.from('{"temperature":20}'),
  retain: false,
  receivedAt: at,
});
const said = (device: string) => ({ profile: 'p', device, samples: [], events: [] });
const listed = { device: 'x', hardware: '0x1', model: 'M', metrics: ['smoke'] };
const log = pino({ level: 'silent' });

const folders: { remove(): void }[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

/** A state store on disk, and devices that are kept in it by a clock that is handed in. */
function kept(q: { readonly failingSince?: number } = {}) {
  const folder = temporaryFolder();
  folders.push(folder);
  const store = openSqliteStateStore(`${folder.path}/state.db`);
  const core = { unknown: createUnknownDevices(), lists: createDeviceLists() };
  let now = AT;
  let failing = false;
  let commits = 0;
  const commit: Writer['commit'] = ({ puts = [], deletes = [] }) => {
    commits += 1;
    if (failing) return Promise.reject(new Error('the disk is full'));
    return store.commit({ puts, deletes });
  };
  const tick = { commit, figures: () => ({ failingSince: q.failingSince }) as never };
  const keeper = keepFoundDevices({ core, motion: { tick }, log, now: () => now });
  return {
    core,
    keeper,
    commits: () => commits,
    fail: (does: boolean) => (failing = does),
    pass: (ms: number) => (now += ms),
    /** As a start reads it. */
    restored() {
      const reader = new Reader(store.path);
      const saved = loadSavedState(reader);
      reader.close();
      const after = { unknown: createUnknownDevices(), lists: createDeviceLists() };
      after.unknown.restore(saved.unknownDevices);
      after.lists.restore(saved.deviceLists);
      return after;
    },
    close: () => store.close(),
  };
}

describe('devices that were found', () => {
  it('are as they were after a restart: messages, dismissals, lists and former names', async () => {
    const house = kept();
    const { unknown, lists } = house.core;
    unknown.note(raw('a'), said('a'));
    unknown.note(raw('b', AT + 1), said('b'));
    unknown.dismiss('p|a', AT + 2);
    lists.take('p', [listed], AT);
    lists.take('p', [{ ...listed, device: 'y' }], AT + 1);
    await house.keeper.stop();
    const after = house.restored();
    expect(after.unknown.list()).toEqual(unknown.list());
    expect(after.unknown.isDismissed('p|a')).toBe(true);
    expect(after.lists.all()).toEqual(lists.all());
    expect(after.lists.listing('p', 'x')).toMatchObject({ state: 'renamed', renamedTo: 'y' });
    house.close();
  });

  it('are written without a stop, and what is gone leaves the store', async () => {
    const house = kept();
    house.core.unknown.note(raw('a'), said('a'));
    await house.keeper.write();
    expect(house.restored().unknown.list()).toHaveLength(1);
    house.core.unknown.forget('p|a');
    await house.keeper.write();
    expect(house.restored().unknown.list()).toEqual([]);
    await house.keeper.write();
    expect(house.commits()).toBe(2);
    await house.keeper.stop();
    house.close();
  });

  it('a list that changes all the time is written once a minute', async () => {
    const house = kept();
    for (let i = 0; i < 24; i++) {
      house.core.lists.take('p', [{ ...listed, device: `x${i}` }], AT);
      await house.keeper.write();
      house.pass(5_000);
    }
    expect(house.commits()).toBe(2);
    await house.keeper.stop();
    expect(house.restored().lists.listing('p', 'x23')?.state).toBe('listed');
    house.close();
  });

  it('wait while nothing can be stored, and lose nothing by a commit that fails', async () => {
    const waiting = kept({ failingSince: AT });
    waiting.core.unknown.note(raw('a'), said('a'));
    await waiting.keeper.write();
    expect(waiting.commits()).toBe(0);
    await waiting.keeper.stop();
    waiting.close();
    const house = kept();
    house.core.unknown.note(raw('a'), said('a'));
    house.core.lists.take('p', [listed], AT);
    house.fail(true);
    await house.keeper.write();
    house.fail(false);
    house.pass(60_000);
    await house.keeper.write();
    expect(house.restored().unknown.list()).toHaveLength(1);
    expect(house.restored().lists.all()).toHaveLength(1);
    await house.keeper.stop();
    house.close();
  });
});
