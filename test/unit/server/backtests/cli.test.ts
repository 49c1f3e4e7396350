/** `lantai backtest` over the stores of a stopped installation. */

import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BacktestResult } from '../../../../domain/backtest.ts';
import { MINUTE_MS } from '../../../../domain/time.ts';
import { backtest } from '../../../../server/cli/backtest.ts';
import { HUMID, makeInstallation } from './installation.ts';

let house: Awaited<ReturnType<typeof makeInstallation>>;
beforeAll(async () => {
  house = await makeInstallation();
});
afterAll(() => house.remove());

async function run(...args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const context = { settings: house.settings, args, say: (line: string) => lines.push(line) };
  expect(await backtest(context)).toBe(0);
  return lines.join('\n');
}
const PERIOD = ['--room', 'sx.r301', '--from', '2026-03-02T00:00+08:00', '--to', '2026-03-05'];
const file = (name: string, text: string): string => {
  const path = join(house.dataDir, name);
  writeFileSync(path, text);
  return path;
};
const inJson = async (...args: readonly string[]) =>
  JSON.parse(await run(...PERIOD, '--json', ...args)) as BacktestResult;

describe('lantai backtest', () => {
  it('says what the limits in force would have raised, and writes nothing', async () => {
    const before = databases();
    const text = await run(...PERIOD);
    expect(text).toContain(
      'sx.r301, 2026-03-01T16:00 to 2026-03-05T00:00: 864 readings, 1 door events',
    );
    expect(text).toContain('night: 22:00 to 06:00, Asia/Shanghai');
    expect(text).toMatch(/humidity-high +1 alarms \(2\.10 a week\), \d night calls,.* 190 min out/);
    expect(text).not.toContain('no data at all');
    expect(text).toMatch(/door-held +1 alarms/);
    expect(databases()).toEqual(before);
  });

  it('puts a proposed limit beside it', async () => {
    const limits = file('limits.yaml', '- { metric: humidity, kind: range, min: 40, max: 65 }\n');
    const {
      old,
      proposed,
      limits: used,
    } = await inJson('--limits', limits, '--rule', 'humidity-high');
    expect(old.alarms.map((one) => [one.rule, one.raisedAt - HUMID.from])).toEqual([
      ['humidity-high', 10 * MINUTE_MS + 200],
    ]);
    expect(proposed?.total.alarms).toBe(0);
    expect(used.old.find((one) => one.metric === 'humidity')).toMatchObject({
      max: 60,
      origin: 'pack',
    });
    expect(used.proposed?.find((one) => one.metric === 'humidity')).toMatchObject({
      max: 65,
      origin: 'own',
    });
  });

  it('tries changed rules against those in force', async () => {
    const rule = `
version: 1
rules:
  - id: humidity-high
    kind: band
    name: { zh: 湿度高, en: Humid }
    metric: humidity
    side: above
    deadBand: 1
    onDelaySeconds: 14400
    offDelaySeconds: 0
    priority: low
    latching: false
    safety: false
    shelvable: true
    title: { zh: 湿度高, en: Humid }
    advice: { zh: 看, en: look }
    citation: { standard: 本馆自定, verification: proposal }
`;
    const { old, proposed } = await inJson(
      '--rules',
      file('rules.yaml', rule),
      '--rule',
      'humidity-high',
    );
    expect([old.total.alarms, proposed?.total.alarms]).toEqual([1, 0]);
  });

  it.for([
    [['--room', 'sx.r999', ...PERIOD.slice(2)], 'there is no room sx.r999'],
    [[...PERIOD, '--rule', 'nothing'], 'there is no rule nothing'],
    [['--from', '2026-03-02', '--to', '2026-03-05'], 'name a room'],
    [['--room', 'sx.r301', '--from', 'soon', '--to', '2026-03-05'], '"soon" is no date'],
    [
      ['--room', 'sx.r301', '--from', '2026-03-05', '--to', '2026-03-05'],
      '--to is not after --from',
    ],
    [[...PERIOD, '--colour', 'red'], '--colour'],
    [[...PERIOD, '--limits', '/nowhere.yaml'], 'does not exist'],
  ] as const)('refuses %j in a sentence', async ([args, why]) => {
    await expect(run(...args)).rejects.toThrow(why);
  });

  it('refuses a limit that can not be meant', async () => {
    const limits = file('wrong.yaml', '- { metric: humidity, kind: range, min: 65, max: 40 }\n');
    await expect(run(...PERIOD, '--limits', limits)).rejects.toThrow('"min" is above "max"');
    const none = file('none.yaml', '- { metric: smoke, kind: range, max: 1 }\n');
    await expect(run(...PERIOD, '--limits', none)).rejects.toThrow(/none\.yaml/);
  });

  it('says that there are no readings where nothing was ever stored', async () => {
    const empty = await makeInstallation({ readings: false });
    const context = { settings: empty.settings, args: PERIOD, say: () => undefined };
    await expect(backtest(context)).rejects.toThrow('there is no readings file');
    empty.remove();
  });
});

/** SQLite leaves its own files beside a database that is only read; the database stays as it was. */
function databases() {
  const names = readdirSync(house.dataDir).filter((name) => name.endsWith('.db'));
  return names.map((name) => [name, statSync(join(house.dataDir, name)).mtimeMs]);
}
