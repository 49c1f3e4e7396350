/** What a watch remembers goes through its rows, and through those of the version before. */

import { describe, expect, it } from 'vitest';
import { Entries } from '../../../../alerts/watch/entries.ts';
import { restoreWatch, watchRows } from '../../../../alerts/watch/rows.ts';
import { addHours, addSample } from '../../../../alerts/watch/windows.ts';
import { worldOf } from '../../../../alerts/world.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../domain/time.ts';
import { knowledge, MIDNIGHT, REPOSITORY, registryOf } from '../../../acceptance/story.ts';

const { plans } = knowledge;

function watchOf() {
  const registry = registryOf({ sensors: { th1: ['r301', 'humidity'] } });
  const world = worldOf(knowledge, { registry, limitChanges: [], plans });
  const watches = [...(world.homes.get(REPOSITORY)?.watches.values() ?? [])];
  const unit = watches.find((one) => one.sensor !== undefined);
  if (!unit) throw new Error('the sensor has no watch');
  const places = unit.windows.map(({ kind }) => kind);
  return { unit, samples: places.indexOf('rate'), hours: places.indexOf('hours-out') };
}

/** Five hours of a minute each, the last of them out of range. */
function filled() {
  const watch = watchOf();
  let [samples, hours] = [Entries.none, Entries.none];
  for (let at = MIDNIGHT; at <= MIDNIGHT + 5 * HOUR_MS + 7 * MINUTE_MS; at += MINUTE_MS) {
    samples = addSample(samples, { at, value: at / MINUTE_MS }, HOUR_MS);
    const look = { now: at, lastAt: at - MINUTE_MS, isOut: at > MIDNIGHT + 4 * HOUR_MS };
    hours = addHours(hours, look, 24 * HOUR_MS);
  }
  const { state } = watch.unit;
  const windows: (Entries | undefined)[] = watch.unit.windows.map(() => undefined);
  windows[watch.samples] = samples;
  windows[watch.hours] = hours;
  state.windows = windows;
  state.windowsChanged = true;
  return { ...watch, lists: [samples.toList(2), hours.toList(3)] };
}

function listsOf({ unit, samples, hours }: ReturnType<typeof watchOf>) {
  const { windows } = unit.state;
  return [windows[samples]?.toList(2), windows[hours]?.toList(3)];
}

const mapOf = (rows: ReturnType<typeof watchRows>) =>
  new Map(rows.map((row) => [row.id, row.body]));

describe('the rows of a watch', () => {
  it('say what it remembers', () => {
    const before = filled();
    const after = watchOf();
    restoreWatch(after.unit, mapOf(watchRows(before.unit, before.unit.state)));
    expect(listsOf(after)).toEqual(before.lists);
    expect(after.unit.state.windowsChanged).toBe(false);
  });

  it('are short where only the newest quarter of an hour is new', () => {
    const { unit } = filled();
    const whole = watchRows(unit, unit.state);
    unit.state.windowsChanged = false;
    const [own, ...others] = watchRows(unit, unit.state);
    expect(others).toEqual([]);
    expect(own).toEqual(whole[0]);
    expect(own?.body.length).toBeLessThan((whole[1]?.body.length ?? 0) / 3);
  });

  it('of the version before, in one row by rules, are read, and written anew as two', () => {
    const { unit, lists } = filled();
    const [samples = [], hours = []] = lists;
    const ids = (kind: string) =>
      unit.rules.filter(({ rule }) => rule.kind === kind).map(({ rule }) => rule.id);
    const kept: Record<string, readonly number[]> = {};
    const recent: Record<string, readonly number[]> = {};
    for (const id of ids('rate')) {
      kept[id] = samples.slice(0, -16);
      recent[id] = samples.slice(-16);
    }
    for (const id of ids('hours-out')) {
      kept[id] = hours.slice(0, -3);
      recent[id] = hours.slice(-3);
    }
    const { lookedAt, trackers, unknown, people, doors } = unit.state;
    const body = JSON.stringify({ lookedAt, trackers, unknown, kept, recent, people, doors });
    const after = watchOf();
    restoreWatch(after.unit, new Map([[`alerts/${after.unit.key}`, body]]));
    expect(listsOf(after)).toEqual(lists);
    const again = watchOf();
    restoreWatch(again.unit, mapOf(watchRows(after.unit, after.unit.state)));
    expect(listsOf(again)).toEqual(lists);
  });
});
