/** An alarm on its way to its next facts, with the transitions and effects that it gathers. */

import { quietness, type Alarm, type AlarmEdit, type AlarmTransition } from '../../domain/alarm.ts';
import type { CommandResult } from '../../domain/commands.ts';
import type { JournalDraft } from '../../domain/journal.ts';
import type { Said } from '../../domain/sentences.ts';
import type { Moment } from '../../domain/time.ts';

/** What the caller is to do: `announce`, tell people, from the first rung on; `journal`, write this line. */
export type AlarmEffect =
  { readonly kind: 'announce' } | { readonly kind: 'journal'; readonly line: JournalDraft };

export interface AlarmStep {
  /** The same object when nothing changed. */
  readonly alarm: Alarm;
  /** In order; acknowledging may also close. */
  readonly transitions: readonly AlarmTransition[];
  readonly effects: readonly AlarmEffect[];
  /** For people's acts: what to answer them. */
  readonly result: CommandResult;
}

export interface Refusal extends Said {
  readonly code: 'already' | 'not-allowed' | 'invalid';
}

type Optional =
  | 'returnedAt'
  | 'acknowledged'
  | 'reset'
  | 'shelved'
  | 'suppressed'
  | 'outOfService'
  | 'assigned'
  | 'orphaned'
  | 'limit';

export class Change {
  alarm: Alarm;
  readonly now: Moment;
  readonly transitions: AlarmTransition[] = [];
  readonly effects: AlarmEffect[] = [];
  changed = false;

  constructor(alarm: Alarm, now: Moment) {
    this.alarm = alarm;
    this.now = now;
  }

  set(facts: Partial<Alarm>): this {
    this.alarm = { ...this.alarm, ...facts };
    this.changed = true;
    return this;
  }

  unset(...names: readonly Optional[]): this {
    const next = { ...this.alarm };
    for (const name of names) delete next[name];
    this.alarm = next;
    this.changed = true;
    return this;
  }

  transition(
    kind: AlarmTransition['kind'],
    more: {
      readonly by?: string | undefined;
      readonly value?: number | undefined;
      readonly note?: string | undefined;
      readonly edit?: AlarmEdit;
    } = {},
  ): this {
    const { id, repository } = this.alarm;
    const revision = this.alarm.revision + 1;
    const base = { id: `${id}/${revision}`, alarm: id, repository, at: this.now, kind };
    this.transitions.push({
      ...base,
      ...(more.by === undefined ? {} : { by: more.by }),
      ...(more.value === undefined ? {} : { value: more.value }),
      ...(more.note === undefined ? {} : { note: more.note }),
      ...(more.edit === undefined ? {} : { edit: more.edit }),
    });
    return this.set({ revision });
  }

  /** Begins the telling anew; what is quiet is announced when the quiet ends. */
  announce(): this {
    if (quietness(this.alarm, this.now) !== undefined) return this;
    const { revision } = this.alarm;
    this.effects.push({ kind: 'announce' });
    return this.set({ telling: { from: this.now, revision, rungsTold: 0, told: [] } });
  }

  journal(action: string, by: string, detail?: Readonly<Record<string, unknown>>): this {
    const { repository, id } = this.alarm;
    const line = { repository, at: this.now, by, action, subject: id };
    const filled = detail && Object.keys(detail).length > 0 ? { detail } : {};
    this.effects.push({ kind: 'journal', line: { ...line, ...filled } });
    return this;
  }
}
