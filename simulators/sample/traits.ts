/** Small imperfections of the sample archive, so that its overview looks like a place where people work. */

export interface Traits {
  /** What a room's humidistat is wrong by, %RH, and how far that swings over a day. */
  readonly humidistat: Readonly<Record<string, { readonly error: number; readonly swing: number }>>;
  /** Charge left, %, of batteries that are nearly empty. */
  readonly batteries: Readonly<Record<string, number>>;
}

const NONE: Traits = { humidistat: {}, batteries: {} };

/** 203 comes over its upper limit in the evening; one battery wants changing. */
const SAMPLE: Traits = {
  humidistat: { r203: { error: 5.8, swing: 1.4 }, r302: { error: -3.5, swing: 1 } },
  batteries: { 'th-402-1': 9 },
};

/** The traits of a repository; none but the sample has any. */
export function traitsOf(repository: string): Traits {
  return repository === 'sample' ? SAMPLE : NONE;
}
