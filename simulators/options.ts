/** The command line of the simulators: what it takes, and what it says of itself. */

import { fileURLToPath } from 'node:url';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { HOUR_MS } from '../domain/time.ts';
import { parseBroker, parseNumber, parseSpanMs, parseWhole } from './durations.ts';
import { UsageError } from './repository-file.ts';
import { findScenario, SCENARIOS } from './scenarios/index.ts';

export const SAMPLE_FILE = fileURLToPath(new URL('./sample/archive.yaml', import.meta.url));
const BROKER = 'mqtt://127.0.0.1:1883';

export const HELP = `Simulated archives for any MQTT broker.

  npm run simulate -- [options]             rooms, doors and scenarios
  npm run simulate -- load [options]        load, with a report of what was acknowledged
  npm run simulate -- load-repository FILE  writes a repository file for load

Options
  --broker URL        broker to publish to (${BROKER})
  --repository FILE   repository file marked simulated: true; "sample" is the sample archive (sample)
  --scenario NAME     what to play, see --list; without it everything is quiet
  --room ID           the room it plays in; without it the scenario chooses
  --seed N            the same seed gives the same messages (1)
  --speed N|max       times real time, or as fast as the broker acknowledges (1)
  --duration SPAN     how much simulated time, such as 90s, 30m, 24h, 7d
                      (the scenario's own; without a scenario until Ctrl-C, or 24h when faster than real time)
  --start TIME        where simulated time begins, RFC 3339 (now; faster than real time: so that it ends now)
  --history SPAN      first publish so much past, as late data
  --list              lists the scenarios
  --help              this text

Options of load
  --sensors N         climate sensors that take part; makes that many where FILE is "load" (1000)
  --rate N|max        messages a second, all publishers together (1000)
  --messages N        how many (100000)
  --publishers N      MQTT sessions (8)
  --in-flight N       unacknowledged messages of one session (64)
  --fires N           fires in between: smoke = 1 and back to 0
  --report FILE       writes the whole account as JSON: ranges of acknowledged sequences and their times
  --no-times          leaves the times out of the report

Options of load-repository
  --sensors N, --detectors N, --real        how many of each; not marked simulated
`;

const flags = {
  broker: { type: 'string', default: BROKER },
  repository: { type: 'string' },
  scenario: { type: 'string' },
  room: { type: 'string' },
  seed: { type: 'string', default: '1' },
  speed: { type: 'string', default: '1' },
  duration: { type: 'string' },
  start: { type: 'string' },
  history: { type: 'string' },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  sensors: { type: 'string', default: '1000' },
  detectors: { type: 'string', default: '20' },
  real: { type: 'boolean', default: false },
  rate: { type: 'string', default: '1000' },
  messages: { type: 'string', default: '100000' },
  publishers: { type: 'string', default: '8' },
  'in-flight': { type: 'string', default: '64' },
  fires: { type: 'string', default: '0' },
  report: { type: 'string' },
  'no-times': { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

export type Order =
  | { readonly kind: 'help' }
  | { readonly kind: 'list' }
  | SimulateOrder
  | LoadOrder
  | {
      readonly kind: 'load-repository';
      readonly file: string;
      readonly sensors: number;
      readonly detectors: number;
      readonly simulated: boolean;
    };

export interface SimulateOrder {
  readonly kind: 'simulate';
  readonly broker: string;
  readonly file: string;
  readonly scenario: string | undefined;
  readonly room: string | undefined;
  readonly seed: number;
  readonly speed: number | 'max';
  /** Simulated time to play; undefined: until stopped. */
  readonly durationMs: number | undefined;
  readonly startAt: number | undefined;
  readonly historyMs: number;
}

export interface LoadOrder {
  readonly kind: 'load';
  readonly broker: string;
  /** A file, or `load`: made for the occasion. */
  readonly file: string;
  readonly sensors: number;
  readonly ratePerSecond: number | undefined;
  readonly messages: number;
  readonly publishers: number;
  readonly inFlightMax: number;
  readonly fires: number;
  readonly report: string | undefined;
  readonly times: boolean;
}

type Values = ReturnType<typeof parsed>['values'];

/** What the arguments ask for; throws UsageError with one sentence when they make no sense. */
export function parseOrder(args: readonly string[]): Order {
  const { values, positionals } = parsed(args);
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list' };
  const [command, ...rest] = positionals;
  if (command === 'load-repository' && rest.length === 1) {
    return loadRepositoryOrder(values, rest[0] ?? '');
  }
  if (rest.length > 0 || (command !== undefined && command !== 'load')) {
    throw new UsageError(`"${positionals.join(' ')}" is no command; see --help.`);
  }
  return command === 'load' ? loadOrder(values) : simulateOrder(values);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true });
  } catch (error) {
    const sentence = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error);
    throw new UsageError(`${sentence.replace(/\.$/, '')}; see --help.`, { cause: error });
  }
}

function simulateOrder(values: Values): SimulateOrder {
  const { scenario } = values;
  if (scenario !== undefined && !findScenario(scenario)) {
    const known = SCENARIOS.map((s) => s.id).join(', ');
    throw new UsageError(`There is no scenario "${scenario}"; there are ${known}.`);
  }
  const speed =
    values.speed === 'max'
      ? 'max'
      : parseNumber(values.speed, { option: '--speed', min: 0.1, max: 10_000 });
  return {
    kind: 'simulate',
    broker: parseBroker(values.broker),
    file: fileOf(values.repository),
    scenario,
    room: values.room,
    seed: parseWhole(values.seed, { option: '--seed', min: 0, max: 0xffff_ffff }),
    speed,
    durationMs: durationOf(values, speed),
    startAt: startOf(values.start),
    historyMs: values.history === undefined ? 0 : parseSpanMs(values.history, '--history'),
  };
}

function durationOf(values: Values, speed: number | 'max'): number | undefined {
  if (values.duration !== undefined) return parseSpanMs(values.duration, '--duration');
  const scenario = values.scenario === undefined ? undefined : findScenario(values.scenario);
  // A while after the scenario, so that everything is seen to come back.
  if (scenario) return scenario.durationMs + 30_000;
  return speed === 'max' || speed > 1 ? 24 * HOUR_MS : undefined;
}

function startOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) {
    throw new UsageError(`--start wants a time such as 2026-07-15T20:00:00+08:00, not "${text}".`);
  }
  return at;
}

function fileOf(repository: string | undefined): string {
  return repository === undefined || repository === 'sample' ? SAMPLE_FILE : repository;
}

function loadOrder(values: Values): LoadOrder {
  const count = (option: keyof Values & string, max: number): number =>
    parseWhole(String(values[option]), { option: `--${option}`, min: 1, max });
  return {
    kind: 'load',
    broker: parseBroker(values.broker),
    file: values.repository === undefined ? 'load' : fileOrLoad(values.repository),
    sensors: count('sensors', 100_000),
    ratePerSecond:
      values.rate === 'max'
        ? undefined
        : parseNumber(values.rate, { option: '--rate', min: 0.1, max: 1_000_000 }),
    messages: count('messages', 100_000_000),
    publishers: count('publishers', 1_000),
    inFlightMax: count('in-flight', 65_000),
    fires: parseWhole(values.fires, { option: '--fires', min: 0, max: 100_000 }),
    report: values.report,
    times: !values['no-times'],
  };
}

function fileOrLoad(repository: string): string {
  return repository === 'load' ? 'load' : fileOf(repository);
}

function loadRepositoryOrder(values: Values, file: string): Order {
  return {
    kind: 'load-repository',
    file,
    sensors: parseWhole(values.sensors, { option: '--sensors', min: 1, max: 100_000 }),
    detectors: parseWhole(values.detectors, { option: '--detectors', min: 0, max: 10_000 }),
    simulated: !values.real,
  };
}
