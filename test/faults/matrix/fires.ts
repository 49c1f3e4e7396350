/** Fires during the faults, each of a detector of its own: when the broker took it, when people were told. */

import { setTimeout as wait } from 'node:timers/promises';
import type { Said } from '../detector.ts';
import { until } from '../watch-stage.ts';
import type { MatrixStage } from './matrix-stage.ts';

/** A fire that nobody was told of by then is a missed one. */
const TOLD_MS_MAX = 45_000;

export interface Fire {
  readonly sensor: string;
  /** When the broker acknowledged it: before that it can't be heard. */
  readonly acceptedAt: number | undefined;
  /** The later of webhook and live feed; `undefined`: not on both. */
  toldAt(): number | undefined;
  isTold(): boolean;
  /** After the broker took it, ms, for who looks into it. */
  told(): { readonly webhookMs: number | undefined; readonly liveMs: number | undefined };
}

/** Lights one after the other, at so many ms from now, and waits until all are told, or for three quarters of a minute. */
export async function lightFires(
  stage: MatrixStage,
  afterMs: readonly number[],
): Promise<readonly Fire[]> {
  const startedAt = performance.now();
  const fires: Fire[] = [];
  for (const [i, at] of afterMs.entries()) {
    await wait(Math.max(0, at - (performance.now() - startedAt)));
    const sensor = `f${String(i + 1).padStart(4, '0')}`;
    fires.push(fireOf(stage, sensor, stage.detectors.say(sensor, 1)));
  }
  await until(
    () => fires.every((fire) => fire.isTold() && fire.acceptedAt !== undefined),
    TOLD_MS_MAX,
  );
  return fires;
}

/** From the moment it was taken until it was told, at worst, ms; `undefined`: one was never told. */
export function slowestFireMs(fires: readonly Fire[]): number | undefined {
  return fires.reduce<number | undefined>((worst, fire) => {
    const toldAt = fire.toldAt();
    if (worst === undefined || toldAt === undefined || fire.acceptedAt === undefined) {
      return undefined;
    }
    return Math.max(worst, toldAt - fire.acceptedAt);
  }, 0);
}

function fireOf(stage: MatrixStage, sensor: string, said: Said): Fire {
  const alarm = `smoke-alarm-${sensor}`;
  const webhook = () => stage.sink.told.find((t) => t.alarm?.includes(alarm) === true)?.at;
  const live = () => stage.live.find((one) => one.alarm.id.includes(alarm))?.at;
  const toldAt = (): number | undefined => {
    const both = [webhook(), live()];
    return both.reduce((a, b) => (a === undefined || b === undefined ? undefined : Math.max(a, b)));
  };
  return {
    sensor,
    get acceptedAt() {
      return said.acknowledgedAt;
    },
    toldAt,
    isTold: () => toldAt() !== undefined,
    told: () => ({ webhookMs: since(said, webhook()), liveMs: since(said, live()) }),
  };
}

function since({ acknowledgedAt }: Said, at: number | undefined): number | undefined {
  return at === undefined || acknowledgedAt === undefined ? undefined : at - acknowledgedAt;
}
