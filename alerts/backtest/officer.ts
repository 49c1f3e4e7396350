/**
 * Somebody who answers, for runs without people: unanswered, the first alarm of a year would stay open to its end and
 * every later one would only be its return. What it does follows from what was raised, so two runs are answered alike.
 */

import type { Command } from '../../domain/commands.ts';
import type { Incident } from '../../domain/incident.ts';
import { MINUTE_MS, type Moment } from '../../domain/time.ts';
import type { EngineStep } from '../engine-types.ts';

/** How fast the officer answers; our own proposal. */
export interface OfficerManners {
  /** After an alarm or an incident was announced. */
  readonly acknowledgeAfterMs: number;
  /** After a condition was over: what latches is reset, what needs nobody is closed. */
  readonly tidyAfterMs: number;
}

export const OFFICER_MANNERS: OfficerManners = {
  acknowledgeAfterMs: 10 * MINUTE_MS,
  tidyAfterMs: 10 * MINUTE_MS,
};

const BY = 'back-test';

interface Errand {
  readonly at: Moment;
  readonly commands: readonly Command[];
}

export class Officer {
  readonly #manners: OfficerManners;
  /** By time, those of one time in the order in which they were taken on. */
  readonly #errands: Errand[] = [];
  readonly #known = new Map<string, Incident>();

  constructor(manners: OfficerManners = OFFICER_MANNERS) {
    this.#manners = manners;
  }

  /** When the next errand is due; `Infinity`: there is none. */
  get dueAt(): Moment {
    return this.#errands[0]?.at ?? Infinity;
  }

  /** What a step changed: the officer's errands follow from it. */
  hear(step: Pick<EngineStep, 'alarms' | 'incidents' | 'transitions'>, now: Moment): void {
    const { acknowledgeAfterMs, tidyAfterMs } = this.#manners;
    for (const incident of step.incidents) {
      if (incident.closed) this.#known.delete(incident.id);
      else {
        if (!this.#known.has(incident.id)) {
          this.#add(now + acknowledgeAfterMs, acknowledgement(incident));
        }
        this.#known.set(incident.id, incident);
      }
    }
    for (const { kind, alarm: id } of step.transitions) {
      if (kind === 'raised' || kind === 're-raised') {
        this.#add(now + acknowledgeAfterMs, [{ kind: 'acknowledge-alarm', alarm: id, by: BY }]);
      } else if (kind === 'returned') {
        const incident = step.alarms.find((alarm) => alarm.id === id)?.incident;
        this.#add(now + tidyAfterMs, tidying(id, incident));
      }
    }
  }

  /** What is due by `now`, and is done with it. One that is refused (it holds again) comes again with the next return. */
  take(now: Moment): readonly Command[] {
    const next = this.#errands.findIndex((errand) => errand.at > now);
    const due = this.#errands.splice(0, next === -1 ? this.#errands.length : next);
    return due.flatMap((errand) => errand.commands);
  }

  #add(at: Moment, commands: readonly Command[]): void {
    const before = this.#errands.findLastIndex((errand) => errand.at <= at);
    this.#errands.splice(before + 1, 0, { at, commands });
  }
}

function acknowledgement({ id, plan }: Incident): readonly Command[] {
  return [
    { kind: 'acknowledge-incident', incident: id, by: BY },
    ...plan.steps.map((step): Command => ({
      kind: 'record-step',
      incident: id,
      step: step.id,
      by: BY,
      outcome: 'done',
    })),
  ];
}

function tidying(alarm: string, incident: string | undefined): readonly Command[] {
  const reset: Command = { kind: 'reset-alarm', alarm, by: BY };
  if (incident === undefined) return [reset];
  return [reset, { kind: 'close-incident', incident, by: BY, report: BY }];
}
