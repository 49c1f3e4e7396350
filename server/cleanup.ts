/** What was started, to be stopped in reverse; each with a name and a bound, so that a stop always ends. */

import type { Logger } from 'pino';

export class Cleanup {
  readonly #steps: { readonly name: string; readonly stop: () => void | Promise<void> }[] = [];
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  add(name: string, stop: () => void | Promise<void>): void {
    this.#steps.push({ name, stop });
  }

  /** Stops everything, last first; a step that hangs is left behind after `eachWithinMs`. */
  async run(eachWithinMs: number): Promise<void> {
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      const { name, stop } = step;
      try {
        if (!(await endsWithin(Promise.resolve(stop()), eachWithinMs))) {
          this.#log.warn({ step: name, eachWithinMs }, 'a part did not stop in time');
        }
      } catch (error) {
        this.#log.error({ step: name, err: error }, 'a part did not stop cleanly');
      }
    }
  }
}

async function endsWithin(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true as const), late]);
  } finally {
    clearTimeout(timer);
  }
}
