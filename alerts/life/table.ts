/**
 * Every state × every event of an alarm's life: the next state, or which refusal. The states and their transitions are
 * those of ISA-18.2 / IEC 62682 (GB/T 41261-2022 adopts it; from memory), with latching as its own pair of states.
 * It is what the machine is tested against, cell by cell, and what people may read.
 */

import { STATE_LETTERS, type AlarmState } from '../../domain/alarm.ts';

/** A refusal, as the machine's `Refusal.code`. */
export type LifeRefusal = 'already' | 'not-allowed' | 'invalid';
export type LifeOutcome = AlarmState | LifeRefusal;

/**
 * A row's letter, with what lies underneath for the quiet ones: `+` the condition holds, `-` it is over and nobody
 * acknowledged. The table is for an alarm that is not a safety alarm; E and F latch.
 */
export const LIFE_STATES = [
  'A',
  'B',
  'C',
  'D',
  'E',
  'F',
  'G+',
  'G-',
  'H+',
  'H-',
  'I+',
  'I-',
] as const;
export type LifeState = (typeof LIFE_STATES)[number];

/*
 * One column for each of `LIFE_STATES`. A letter: the next state; `.`: it stays; refusals: `x` already so,
 * `/` not allowed, `?` invalid. What a closed alarm (A) is told is refused: a new alarm is raised instead.
 */
// prettier-ignore
const TABLE = {
  //                          A B C D E F G+ G- H+ H- I+ I-
  'condition holds':         'x . . B B B .  .  .  .  .  .',
  'condition over':          'x D A . . . .  .  .  .  .  .',
  'cannot tell':             'x . . . . . .  .  .  .  .  .',
  'severity rises':          'x . B . . E .  .  .  .  .  .',
  'severity falls':          'x . . . . . .  .  .  .  .  .',
  acknowledge:               'x C x A F x .  A  .  A  .  A',
  shelve:                    'x G G G G G .  .  G  G  /  /',
  'shelve without reason':   'x ? ? ? ? ? ?  ?  ?  ?  /  /',
  unshelve:                  'x x x x x x B  D  x  x  x  x',
  'time passes':             'x . . . . . .  .  .  .  .  .',
  'shelving runs out':       'x . . . . . B  D  .  .  .  .',
  suppress:                  'x H H H H H .  .  .  .  .  .',
  'suppression ends':        'x x x x x x x  x  B  D  x  x',
  'suppression lingers':     'x x x x x x x  x  .  .  x  x',
  'take out of service':     'x I I I I I I  I  I  I  x  x',
  'return to service':       'x x x x x x x  x  x  x  B  D',
  assign:                    'x . . . . . .  .  .  .  .  .',
  'assign as it is':         'x x x x x x x  x  x  x  x  x',
  'limit edited':            'x . . . . . .  .  .  .  .  .',
  'rule retired':            'x . . . . . .  .  .  .  .  .',
  reset:                     'x / / / D A /  /  /  /  /  /',
  comment:                   'x . . . . . .  .  .  .  .  .',
  'comment without text':    'x ? ? ? ? ? ?  ?  ?  ?  ?  ?',
  close:                     'x / / / / / /  /  /  /  /  /',
} as const;

export type LifeEvent = keyof typeof TABLE;
export const LIFE_EVENTS = Object.keys(TABLE) as readonly LifeEvent[];

const REFUSALS: Readonly<Record<string, LifeRefusal>> = {
  x: 'already',
  '/': 'not-allowed',
  '?': 'invalid',
};
const STATES = new Map(
  Object.entries(STATE_LETTERS).map(([state, letter]) => [letter, state as AlarmState]),
);

/** The state that people see for a row. */
export function stateOfRow(row: LifeState): AlarmState {
  return stateOfLetter(row.charAt(0));
}

/** What the event does in that state. Throws when the table has no cell for it. */
export function lifeOutcome(row: LifeState, event: LifeEvent): LifeOutcome {
  const cells = TABLE[event].split(/\s+/);
  const cell = cells[LIFE_STATES.indexOf(row)];
  if (cells.length !== LIFE_STATES.length || cell === undefined) {
    throw new Error(`the row "${event}" has ${cells.length} cells`);
  }
  return REFUSALS[cell] ?? stateOfLetter(cell === '.' ? row.charAt(0) : cell);
}

function stateOfLetter(letter: string): AlarmState {
  const state = STATES.get(letter);
  if (state === undefined) throw new Error(`no state has the letter ${letter}`);
  return state;
}
