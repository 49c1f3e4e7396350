/** Gathers what a message says, within its bounds. */

import { say, type Said } from '../../domain/sentences.ts';
import type { ListedDevice } from '../../domain/devices.ts';
import { DETAIL_CHARS_MAX, ISSUES_MAX, SAMPLES_MAX } from './bounds.ts';
import type { Availability, DoorEvent, ProfileOutput, Sample, SampleIssue } from './output.ts';

export class Collector {
  readonly #samples: Sample[] = [];
  readonly #events: DoorEvent[] = [];
  readonly #availability: Availability[] = [];
  readonly #issues: SampleIssue[] = [];
  #devices: ListedDevice[] | undefined;
  #refusal: ProfileOutput['refusal'];

  sample(sample: Sample): void {
    if (this.#samples.length < SAMPLES_MAX) this.#samples.push(sample);
    else this.refuse('too-many-values', say('too-many-values', { most: SAMPLES_MAX }));
  }

  event(event: DoorEvent): void {
    if (this.#events.length < SAMPLES_MAX) this.#events.push(event);
  }

  availability(availability: Availability): void {
    if (this.#availability.length < SAMPLES_MAX) this.#availability.push(availability);
  }

  issue(issue: Omit<SampleIssue, 'detail'> & { readonly detail?: unknown }): void {
    if (this.#issues.length >= ISSUES_MAX) return;
    const { detail, ...rest } = issue;
    this.#issues.push(detail === undefined ? rest : { ...rest, detail: brief(detail) });
  }

  /** From now on, what is listed are all devices of the source; none may be. */
  beginList(): void {
    this.#devices ??= [];
  }

  listed(device: ListedDevice): void {
    this.#devices?.push(device);
  }

  /** The first reason stays. */
  refuse(code: string, said: Said): void {
    this.#refusal ??= { code, ...said };
  }

  output(): ProfileOutput {
    const output: ProfileOutput = {
      samples: this.#samples,
      events: this.#events,
      availability: this.#availability,
      issues: this.#issues,
      proposals: [],
      ...(this.#devices ? { deviceList: this.#devices } : {}),
    };
    return this.#refusal ? { ...output, refusal: this.#refusal } : output;
  }
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length <= DETAIL_CHARS_MAX ? text : `${text.slice(0, DETAIL_CHARS_MAX - 1)}…`;
}
