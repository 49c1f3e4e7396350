/** `npm run year`: ten rooms for a year, scored. `--tuning` plays the seeds that may be tuned by. */

import { readOptions } from '../support/command-line.ts';
import { loadKnowledge } from '../../alerts/index.ts';
import { DAY_MS, MINUTE_MS } from '../../domain/time.ts';
import { ROOM_IDS } from './house.ts';
import { FROM, SCORING_SEEDS, TUNING_SEEDS } from './seeds.ts';
import { linesOf, type RoomScore } from './score.ts';
import { isSame } from './play.ts';
import { playRoom } from './year.ts';

const USAGE =
  'npm run year [-- --tuning] [--seeds 7,2024] [--rooms r301] [--days 365] [--live 1] [--minutes 30] [--list]';
const values = readOptions(USAGE, {
  tuning: { type: 'boolean', default: false },
  seeds: { type: 'string' },
  rooms: { type: 'string' },
  days: { type: 'string', default: '365' },
  /** How many seeds are also played live, a tick each second. */
  live: { type: 'string', default: '1' },
  /** No more rooms are begun after so long. */
  minutes: { type: 'string', default: '30' },
  list: { type: 'boolean', default: false },
});
const seeds =
  values.seeds?.split(',').map(Number) ?? (values.tuning ? TUNING_SEEDS : SCORING_SEEDS);
const rooms = values.rooms?.split(',') ?? ROOM_IDS;
const span = { from: FROM, until: FROM + Number(values.days) * DAY_MS };
const endsAt = performance.now() + Number(values.minutes) * MINUTE_MS;
const knowledge = loadKnowledge();
let failed = false;
for (const [i, seed] of seeds.entries()) {
  const scores: RoomScore[] = [];
  let [compared, alarms, readings] = [0, 0, 0];
  for (const room of rooms) {
    if (performance.now() > endsAt) {
      console.log(`seed ${seed}: room ${room} was not played, the time is up`);
      failed = true;
      continue;
    }
    const live = i < Number(values.live);
    const played = playRoom({ room, seed, span, knowledge, live });
    scores.push(played.score);
    readings += played.readings;
    if (played.live) {
      const same = isSame(played.live, played.fromStore);
      compared += played.live.transitions.length;
      alarms += played.live.occurrences.length;
      if (!same) {
        failed = true;
        console.log(`seed ${seed}, room ${room}: live and back-test differ`);
      }
    }
    for (const one of values.list ? played.score.falseAlarms : []) {
      console.log(
        `  false: ${room} ${new Date(one.raisedAt).toISOString()} ${one.rule} ${one.subject.id} ${one.value ?? ''}`,
      );
    }
    for (const one of played.score.caught.filter((outcome) => !outcome.caughtBy)) {
      failed = true;
      console.log(
        `  missed: ${room} ${one.incident.id} ${new Date(one.incident.from).toISOString()}`,
      );
    }
  }
  // Nothing was played of it: there are no figures.
  if (scores.length === 0) continue;
  console.log(
    `seed ${seed}: rooms ${scores.length}, readings ${readings}, ${(performance.now() / 1000).toFixed(0)} s`,
  );
  for (const line of linesOf(scores)) console.log(`  ${line}`);
  if (compared > 0)
    console.log(`  live against back-test: ${alarms} alarms, ${compared} transitions compared`);
}
process.exitCode = failed ? 1 : 0;
