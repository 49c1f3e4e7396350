/** What a profile makes of one message, for people: before anything is saved, and on the command line. */

import type { Said } from '../../domain/sentences.ts';
import type { ListedDevice } from '../../domain/devices.ts';
import { METRICS } from '../../domain/metrics.ts';
import type { Moment } from '../../domain/time.ts';
import { CODECS } from './codecs/all.ts';
import { createCodecBench } from './codec-bench.ts';
import { compileProfile, type ProfileOptions } from './compile.ts';
import { ProfileProblem } from './compile-parts.ts';
import type { ProfileOutput, Sample } from './output.ts';
import { runProfile, waysOf } from './run.ts';
import type { ProfileDocument } from './schema.ts';

export interface TriedSample {
  readonly device: string;
  readonly channel?: string;
  readonly metric: string;
  /** Unset: no metric of ours. */
  readonly unit?: string;
  readonly value: number;
  readonly at?: Moment;
  /** The message names a time that can't be read. */
  readonly timeProblem?: boolean;
  readonly historical?: boolean;
  readonly sequence?: number;
}

export interface TryOut {
  /** Whether the profile knows the topic. */
  readonly matched: boolean;
  readonly samples: readonly TriedSample[];
  readonly events: readonly Record<string, unknown>[];
  readonly availability: readonly Record<string, unknown>[];
  readonly issues: ProfileOutput['issues'];
  readonly proposals: ProfileOutput['proposals'];
  /** All devices of the source. */
  readonly deviceList?: readonly ListedDevice[];
  readonly refusal?: Said & { readonly code: string };
}

/** Runs a profile on messages in their order; a codec remembers from one to the next. */
export function tryProfile(
  document: ProfileDocument,
  options: ProfileOptions,
  messages: readonly {
    readonly topic: string;
    readonly payload: Uint8Array;
    readonly receivedAt: Moment;
  }[],
): readonly TryOut[] {
  let compiled;
  try {
    compiled = compileProfile(document, options);
  } catch (error) {
    if (!(error instanceof ProfileProblem)) throw error;
    const refusal = { code: 'profile', ...error.said };
    return messages.map(() => ({ ...EMPTY, matched: false, refusal }));
  }
  const profile = compiled;
  const bench = createCodecBench(CODECS).of('try-out');
  return messages.map((message) => {
    const ways = waysOf(profile, message.topic);
    return viewOf(runProfile({ profile, ways, message, codecs: bench }), ways.length > 0);
  });
}

const EMPTY = { samples: [], events: [], availability: [], issues: [], proposals: [] };

function viewOf(output: ProfileOutput, matched: boolean): TryOut {
  return {
    matched,
    samples: output.samples.map(sampleView),
    events: output.events.map(timed),
    availability: output.availability.map(timed),
    issues: output.issues,
    proposals: output.proposals,
    ...(output.deviceList ? { deviceList: output.deviceList } : {}),
    ...(output.refusal ? { refusal: output.refusal } : {}),
  };
}

function sampleView(sample: Sample): TriedSample {
  const unit = METRICS.get(sample.metric)?.unit;
  return { ...timed(sample), ...(unit === undefined ? {} : { unit }) };
}

/** JSON has no NaN: a time that can't be read is said so. */
function timed<T extends { readonly deviceTime: number | undefined }>(
  thing: T,
): Omit<T, 'deviceTime'> & { readonly at?: number; readonly timeProblem?: boolean } {
  const { deviceTime, ...rest } = thing;
  if (deviceTime === undefined) return rest;
  return Number.isNaN(deviceTime) ? { ...rest, timeProblem: true } : { ...rest, at: deviceTime };
}
