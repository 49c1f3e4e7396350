/** What waits in the queue for the next commit. */

import type { Command, CommandResult } from '../../domain/commands.ts';
import type { Decoded } from '../../domain/intake.ts';
import type { JournalDraft } from '../../domain/journal.ts';
import type { SeriesHour } from '../../domain/series.ts';
import type { Reading } from '../../domain/reading.ts';
import type { Delete, Put } from '../../domain/tick.ts';
import type { Moment } from '../../domain/time.ts';
import type { SystemFault } from '../../alerts/engine-types.ts';

/** What the forwarder did with the spool up to a row; what it could not read is among the rejected. */
export interface Settlement {
  readonly settledUpTo: number;
  readonly accepted: number;
  readonly rejected: readonly {
    readonly reading?: Reading;
    readonly why: string;
    /** How an unreadable row begins. */
    readonly begins?: string;
  }[];
  /** Hours that were touched and wait for their roll-up. */
  readonly hours: readonly SeriesHour[];
}

/** The forwarder's settlement as the tick takes it. */
export function settlementOf(settlement: {
  readonly settledUpTo: number;
  readonly accepted: number;
  readonly rejected: readonly { readonly reading: Reading; readonly why: string }[];
  readonly unreadable: readonly { readonly why: string; readonly begins: string }[];
  readonly hours: readonly SeriesHour[];
}): Settlement {
  const { settledUpTo, accepted, rejected, unreadable, hours } = settlement;
  return { settledUpTo, accepted, rejected: [...rejected, ...unreadable], hours };
}

/** Called after the commit that covers the message; with an error it was not stored and must come again. */
export type Done = (error?: Error) => void;

export type Item =
  | { readonly kind: 'message'; readonly decoded: Decoded; readonly done: Done }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly resolve: (result: CommandResult) => void;
      readonly reject: (error: Error) => void;
      /** Monotonic. */
      readonly queuedMs: number;
    }
  | {
      readonly kind: 'change';
      readonly puts: readonly Put[];
      readonly deletes: readonly Delete[];
      readonly journal: readonly JournalDraft[];
      readonly resolve: () => void;
      readonly reject: (error: Error) => void;
      /** Monotonic. */
      readonly queuedMs: number;
    }
  | { readonly kind: 'system'; readonly fault: SystemFault; readonly detail: string | undefined }
  | { readonly kind: 'settled'; readonly settlement: Settlement }
  | { readonly kind: 'clock' }
  | { readonly kind: 'clock-shift'; readonly deltaMs: number };

/** Items that arrived together, with the time of receipt of all of them. */
export interface Segment {
  readonly at: Moment;
  readonly items: readonly Item[];
}

/** Tells everything that waits in the segments that its commit is made; `results` are the commands', in order. */
export function answer(segments: readonly Segment[], results: readonly CommandResult[]): void {
  let next = 0;
  for (const item of segments.flatMap((segment) => segment.items)) {
    if (item.kind === 'message') item.done();
    else if (item.kind === 'change') item.resolve();
    else if (item.kind === 'command') {
      const result = results[next];
      next += 1;
      if (result) item.resolve(result);
      else item.reject(new Error('the engine gave no answer'));
    }
  }
}

/** What was asked for was not stored and will not be; asking again may help. */
export class NotStored extends Error {
  override readonly name = 'NotStored';
}

/** Tells an item's asker that it will not happen; a message stays unacknowledged, so it comes again. */
export function refuse(item: Item, why: string): void {
  if (item.kind === 'message') item.done(new NotStored(why));
  else if (item.kind === 'command' || item.kind === 'change') item.reject(new NotStored(why));
}
