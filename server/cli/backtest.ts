/** `lantai backtest`: what limits and rules would have raised in a room over a past period. Reads, changes nothing. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KnowledgeError } from '../../alerts/index.ts';
import { TooManyAlarms } from '../../alerts/backtest/tally.ts';
import { parseRules } from '../../alerts/knowledge/load-rules.ts';
import { parseYaml } from '../../alerts/knowledge/read-yaml.ts';
import type {
  BacktestFigures,
  BacktestResult,
  BacktestSide,
  IncidentOutcome,
} from '../../domain/backtest.ts';
import type { Limit } from '../../domain/limits.ts';
import { METRICS } from '../../domain/metrics.ts';
import { StoreUnavailable } from '../../domain/ports.ts';
import { MINUTE_MS } from '../../domain/time.ts';
import type { StoreConfig } from '../../gateway/stores/open-store.ts';
import { playTask } from '../backtests/backtest-worker.ts';
import { LimitProposals, proposalProblem } from '../backtests/proposal-schema.ts';
import type { BacktestQuestion } from '../backtests/backtest-types.ts';
import { BacktestRefused } from '../backtests/run-backtest.ts';
import { influxConfig } from '../store-config.ts';
import { CliError, momentOf, needed, type CliContext } from './context.ts';
import { stateFolder } from './state.ts';

export const BACKTEST_USAGE =
  'backtest --room R --from D --to D [--rule ID]... [--limits FILE] [--rules FILE] [--json]';

export async function backtest(context: CliContext): Promise<number> {
  const { settings, say } = context;
  const { question, json } = questionOf(context.args);
  const folder = stateFolder(settings);
  const store: StoreConfig = influxConfig(settings) ?? {
    kind: 'sqlite',
    path: join(folder, 'readings.db'),
  };
  const task = { question, store, stateDbPath: join(folder, 'state.db') };
  const result = await played(() => playTask(task, () => undefined));
  if (json) say(JSON.stringify(result, undefined, 2));
  else for (const line of linesOf(result)) say(line);
  return 0;
}

async function played<T>(play: () => Promise<T>): Promise<T> {
  try {
    return await play();
  } catch (error) {
    const isExpected =
      error instanceof BacktestRefused ||
      error instanceof TooManyAlarms ||
      error instanceof StoreUnavailable;
    if (isExpected) throw new CliError(error.message);
    throw error;
  }
}

function questionOf(args: readonly string[]): {
  readonly question: BacktestQuestion;
  readonly json: boolean;
} {
  const { room, from, to, rule, limits, rules, json } = optionsOf(args);
  const span = {
    from: momentOf(needed(from, 'the beginning, --from 2026-01-01')),
    until: momentOf(needed(to, 'the end, --to 2026-02-01')),
  };
  if (span.until <= span.from) throw new CliError('--to is not after --from.');
  const question = {
    room: needed(room, 'a room, --room <repository>.<room>'),
    ...span,
    now: Date.now(),
    ...(rule ? { only: rule } : {}),
    ...(limits === undefined ? {} : { limits: limitsIn(limits) }),
    ...(rules === undefined ? {} : { rules: known(() => parseRules(textOf(rules), rules)) }),
  };
  return { question, json: json === true };
}

function optionsOf(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args: [...args],
      options: {
        room: text,
        from: text,
        to: text,
        rule: { type: 'string', multiple: true },
        limits: text,
        rules: text,
        json: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    throw new CliError(
      `${error instanceof Error ? error.message : String(error)}; ${BACKTEST_USAGE}`,
    );
  }
}

/** `- { metric: humidity, kind: range, min: 45, max: 58 }`, one entry for each limit. */
function limitsIn(path: string) {
  const limits = known(() => parseYaml(textOf(path), LimitProposals, path));
  for (const limit of limits) {
    const problem = proposalProblem(limit);
    if (problem !== undefined) throw new CliError(`${path}: ${problem.why}`);
  }
  return limits;
}

function known<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof KnowledgeError) throw new CliError(error.message);
    throw error;
  }
}

function textOf(path: string): string {
  if (!existsSync(path)) throw new CliError(`${path} does not exist.`);
  return readFileSync(path, 'utf8');
}

function linesOf(result: BacktestResult): readonly string[] {
  const { room, from, until, readings, accessEvents, night, timezone, old, proposed } = result;
  const { limits } = result;
  return [
    `${room}, ${stamp(from)} to ${stamp(until)}: ${readings} readings, ${accessEvents} door events`,
    `night: ${night.from} to ${night.until}, ${timezone}`,
    ...sideLines('in force today', old, limits.old),
    ...(proposed ? sideLines('proposed', proposed, limits.proposed ?? []) : []),
  ];
}

function sideLines(name: string, side: BacktestSide, limits: readonly Limit[]): readonly string[] {
  return [
    '',
    `${name}: ${limits.map(limitText).join('; ')}`,
    `  ${'all'.padEnd(28)}${figuresText(side.total)}`,
    ...side.rules.map((rule) => `  ${rule.rule.padEnd(28)}${figuresText(rule)}`),
    ...side.incidents.map(incidentText),
    ...(side.unheard.length === 0 ? [] : [`  no data at all of ${side.unheard.join(', ')}`]),
  ];
}

function limitText({ metric, kind, min, max, swing }: Limit): string {
  const unit = METRICS.get(metric)?.unit ?? '';
  if (kind === 'swing') return `${metric} within 24 h ${swing?.peakToPeak ?? '?'} ${unit}`;
  return `${metric} ${min ?? '…'} to ${max ?? '…'} ${unit}`;
}

function figuresText(figures: BacktestFigures): string {
  const { alarms, alarmsPerWeek, nightCalls, minutesOut, longestMinutes } = figures;
  const { firstAt, lastAt } = figures;
  const times = firstAt === undefined ? '' : `, ${stamp(firstAt)} … ${stamp(lastAt ?? firstAt)}`;
  return `${alarms} alarms (${alarmsPerWeek.toFixed(2)} a week), ${nightCalls} night calls, ${minutesOut} min out (longest ${longestMinutes})${times}`;
}

function incidentText({ incident, caughtBy, lateMs = 0 }: IncidentOutcome): string {
  const name = `  ${stamp(incident.from)} ${incident.name?.en ?? incident.id}: `;
  if (!caughtBy) return `${name}MISSED`;
  return `${name}caught by ${caughtBy.rule} after ${Math.round(lateMs / MINUTE_MS)} min`;
}

function stamp(at: number): string {
  return new Date(at).toISOString().slice(0, 16);
}
