/** The simulators as a child process of the server: orders as JSON lines on standard input, reports as JSON lines on standard output. */

import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { parseBroker, parseSpanMs, parseWhole } from './durations.ts';
import { readSimulatedRepositories, UsageError } from './repository-file.ts';
import { SCENARIOS } from './scenarios/index.ts';
import { createSimulation, type Simulation } from './simulation.ts';

const ADVANCE_EVERY_MS = 250;
const CLOSE_WITHIN_MS = 1_500;
const FIRST_CONNECTION_MS = 60_000;
const ORDER_CHARACTERS_MAX = 1_000;

function say(report: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

interface ChildOptions {
  readonly broker: string;
  readonly file: string;
  readonly seed: number;
  readonly historyMs: number;
}

function readOptions(args: readonly string[]): ChildOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      // An address with a password comes by environment: arguments can be read by everybody.
      broker: { type: 'string', default: process.env['SIMULATORS_BROKER'] ?? '' },
      repository: { type: 'string' },
      seed: { type: 'string', default: '1' },
      history: { type: 'string', default: '0s' },
    },
  });
  if (values.broker === '' || values.repository === undefined) {
    throw new UsageError('--broker and --repository are needed.');
  }
  return {
    broker: parseBroker(values.broker),
    file: values.repository,
    seed: parseWhole(values.seed, { option: '--seed', min: 0, max: 0xffff_ffff }),
    historyMs: parseSpanMs(values.history, '--history'),
  };
}

/** Obeys one line of standard input; whatever is wrong with it is reported, never fatal. */
function obey(line: string, simulation: Simulation): void {
  const order = parseOrder(line);
  if (!order) {
    say({ error: 'An order is {"play":"<scenario>","room":"<room>"} or {"stop":true}.' });
    return;
  }
  if (order.kind === 'stop') {
    simulation.stop();
    say({ stopped: true });
    return;
  }
  const result = simulation.play(order.scenario, order.room);
  if (!result.ok) say({ error: result.why, scenario: order.scenario });
  else say({ playing: order.scenario, room: result.room, durationMs: result.durationMs });
}

type Order =
  | { readonly kind: 'stop' }
  | { readonly kind: 'play'; readonly scenario: string; readonly room?: string };

function parseOrder(line: string): Order | undefined {
  if (line.length > ORDER_CHARACTERS_MAX) return undefined;
  let content: unknown;
  try {
    content = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof content !== 'object' || content === null) return undefined;
  if ('stop' in content && content.stop === true) return { kind: 'stop' };
  if (!('play' in content) || typeof content.play !== 'string') return undefined;
  const room = 'room' in content && typeof content.room === 'string' ? { room: content.room } : {};
  return { kind: 'play', scenario: content.play, ...room };
}

async function run(options: ChildOptions): Promise<void> {
  const documents = readSimulatedRepositories(options.file);
  const simulation = createSimulation({
    broker: options.broker,
    documents,
    seed: options.seed,
    startAt: Date.now() - options.historyMs,
    suffix: randomBytes(3).toString('hex'),
    onTrouble: (error) => say({ error }),
    onDone: (done) => say({ done }),
  });
  const timers: NodeJS.Timeout[] = [];
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    for (const timer of timers) clearInterval(timer);
    // Whatever the network does, the process is gone in time.
    setTimeout(() => process.exit(0), CLOSE_WITHIN_MS + 1_000).unref();
    void simulation.close(CLOSE_WITHIN_MS).finally(() => process.exit(0));
  };
  // Standard input closes when the parent dies, however it dies: never an orphan.
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => obey(line, simulation));
  lines.on('close', end);
  process.on('SIGTERM', end);
  process.on('SIGINT', end);

  await simulation.connected(FIRST_CONNECTION_MS).catch((e: unknown) => say({ error: String(e) }));
  if (options.historyMs > 0 && !isEnding) await simulation.publishHistory(Date.now());
  if (isEnding) return;
  timers.push(setInterval(() => simulation.advance(Date.now()), ADVANCE_EVERY_MS));
  const worlds = simulation.worlds();
  say({
    ready: true,
    repositories: worlds.map((w) => w.archive.id),
    sensors: worlds.reduce((n, w) => n + w.archive.sensors.length, 0),
    scenarios: SCENARIOS.map(({ id, name, description }) => ({ id, name, description })),
  });
}

try {
  await run(readOptions(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error);
  say({ error: error instanceof Error ? error.message : String(error) });
  process.exit(isUsage ? 2 : 1);
}
