/** A gate before costly work: so many at a time, so many waiting, and a clear no to the rest. */

export interface Gate {
  /** Runs `work` when there is room; `undefined` at once when too many are waiting. */
  run<T>(work: () => Promise<T>): Promise<{ readonly value: T } | undefined>;
}

/** `waitingMax` may be 0: then nobody waits. */
export function createGate(atOnceMax: number, waitingMax: number): Gate {
  let running = 0;
  const waiting: (() => void)[] = [];
  return {
    async run(work) {
      if (running >= atOnceMax) {
        if (waiting.length >= waitingMax) return undefined;
        // The one who leaves hands over the place, so `running` stays as it is.
        await new Promise<void>((resolve) => waiting.push(resolve));
      } else running += 1;
      try {
        return { value: await work() };
      } finally {
        const next = waiting.shift();
        if (next) next();
        else running -= 1;
      }
    },
  };
}
