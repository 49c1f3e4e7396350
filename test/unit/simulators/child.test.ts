import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLE_FILE } from '../../../simulators/options.ts';
import { startBroker, type TestBroker } from './support.ts';

const CHILD = fileURLToPath(new URL('../../../simulators/child.ts', import.meta.url));

interface Running {
  readonly process: ChildProcess;
  /** The next report that has this key. */
  report(key: string): Promise<Record<string, unknown>>;
  tell(order: unknown): void;
}

function start(args: readonly string[]): Running {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: { key: string; resolve: (r: Record<string, unknown>) => void }[] = [];
  const reports: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const report: Record<string, unknown> = JSON.parse(line);
    const index = waiting.findIndex((w) => w.key in report);
    if (index >= 0) waiting.splice(index, 1)[0]?.resolve(report);
    else reports.push(report);
  });
  return {
    process: child,
    report: (key) => {
      const index = reports.findIndex((r) => key in r);
      const found = reports[index];
      if (found) {
        reports.splice(index, 1);
        return Promise.resolve(found);
      }
      return new Promise((resolve) => waiting.push({ key, resolve }));
    },
    tell: (order) =>
      child.stdin.write(`${typeof order === 'string' ? order : JSON.stringify(order)}\n`),
  };
}

describe('the simulators as a child process', () => {
  let broker: TestBroker;
  let child: Running | undefined;
  beforeEach(async () => {
    broker = await startBroker();
  });
  afterEach(async () => {
    if (child && child.process.exitCode === null) child.process.kill('SIGKILL');
    child = undefined;
    await broker.close();
  });

  it('reports ready, plays on order, and is gone when its standard input closes', async () => {
    child = start(['--broker', broker.url, '--repository', SAMPLE_FILE, '--history', '2h']);
    const ready = await child.report('ready');
    expect(ready).toMatchObject({ ready: true, repositories: ['sample'] });
    expect(ready['scenarios']).toContainEqual(
      expect.objectContaining({
        id: 'smouldering-fire',
        name: expect.objectContaining({ zh: '阴燃火灾' }),
      }),
    );
    const late = broker.received.filter((r) => r.payload.startsWith('['));
    expect(late.length).toBeGreaterThan(50);
    child.tell('not json');
    expect((await child.report('error'))['error']).toMatch(/An order is/);
    child.tell({ play: 'nonsense' });
    expect((await child.report('error'))['error']).toMatch(/no scenario/);
    child.tell({ play: 'forced-door', room: 'sample.r301' });
    expect(await child.report('playing')).toMatchObject({ playing: 'forced-door', room: 'r301' });
    await broker.until((all) => all.some((r) => r.payload.includes('forced_open')));
    child.tell({ stop: true });
    expect(await child.report('done')).toEqual({ done: 'forced-door' });
    child.process.stdin?.end();
    const [code] = await once(child.process, 'exit');
    expect(code).toBe(0);
    const status = broker.received.filter((r) => r.topic === 'lantai/sample/gw-3/status');
    expect(status.map((r) => r.payload)).toEqual(['online', 'offline']);
    expect(status.every((r) => r.retain)).toBe(true);
  }, 20_000);

  it('comes back after the broker was gone', async () => {
    child = start(['--broker', broker.url, '--repository', SAMPLE_FILE]);
    await child.report('ready');
    await broker.until((all) => all.some((r) => r.topic.includes('/th-')));
    broker.cut();
    await broker.until(
      (all) =>
        all.filter((r) => r.topic === 'lantai/sample/gw-3/status' && r.payload === 'online')
          .length > 1,
    );
    const before = broker.received.length;
    await broker.until((all) => all.slice(before).some((r) => r.topic.includes('/th-3')));
  }, 20_000);

  it.each([
    [['--repository', SAMPLE_FILE], /--broker/],
    [['--broker', 'mqtt://127.0.0.1:1', '--repository', '/nowhere.yaml'], /cannot be read/],
  ])('refuses %j with exit status 2', async (args, why) => {
    child = start(args);
    const exited = once(child.process, 'exit');
    expect((await child.report('error'))['error']).toMatch(why);
    expect((await exited)[0]).toBe(2);
  });
});
