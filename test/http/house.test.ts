/** The parts underneath: the journal's chain, the gate, the lock book, the dashboard's files, TLS and headers. */

import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { JournalDraft, JournalEntry } from '../../domain/journal.ts';
import { createGate } from '../../server/accounts/gate.ts';
import { addressKey, LockBook } from '../../server/accounts/lock-book.ts';
import { chain, verifyChain, verifyChainInSlices } from '../../server/journal-chain.ts';
import { START } from './fixtures.ts';
import { openHouse, type House } from './support.ts';

function entries(count: number): JournalEntry[] {
  const made: JournalEntry[] = [];
  for (let n = 0; n < count; n++) {
    const detail = { z: n, a: '兰台', gone: undefined, deep: { b: [1, 2], a: null } };
    const draft: JournalDraft = {
      repository: 'sx',
      at: START + n,
      by: 'duty-a',
      action: 'x',
      detail,
    };
    made.push(chain(draft, made.at(-1)));
  }
  return made;
}

describe('the chain', () => {
  it('holds for what was written and read back', async () => {
    const written = JSON.parse(JSON.stringify(entries(1_200))) as JournalEntry[];
    expect(verifyChain(written)).toEqual({ ok: true, count: 1_200 });
    expect(await verifyChainInSlices(written)).toEqual({ ok: true, count: 1_200 });
    expect(verifyChain([])).toEqual({ ok: true, count: 0 });
  });

  it('does not depend on the order of fields', () => {
    const [entry] = entries(1);
    const shuffled = Object.fromEntries(Object.entries(entry ?? {}).toReversed());
    expect(verifyChain([JSON.parse(JSON.stringify(shuffled)) as JournalEntry]).ok).toBe(true);
  });

  const forgeries: [string, (list: JournalEntry[]) => unknown, number][] = [
    ['a changed line', (list) => (list[2] = { ...list[2]!, by: 'nobody' }), 3],
    ['a changed detail', (list) => (list[2] = { ...list[2]!, detail: {} }), 3],
    ['a removed line', (list) => list.splice(2, 1), 4],
    ['a missing beginning', (list) => list.shift(), 2],
    ['two lines changed round', (list) => list.splice(2, 2, list[3]!, list[2]!), 4],
    ['a line chained anew', (list) => (list[2] = chain({ ...list[2]!, by: 'x' }, list[1])), 4],
  ];
  it.each(forgeries)('shows %s', (_name, forge, brokenAt) => {
    const list = entries(5);
    forge(list);
    expect(verifyChain(list)).toMatchObject({ ok: false, brokenAt });
  });
});

describe('the gate', () => {
  it('lets so many in, so many wait, and turns the rest away', async () => {
    const gate = createGate(2, 1);
    let inside = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const work = () => {
      most = Math.max(most, ++inside);
      return new Promise<string>((resolve) => ends.push(() => resolve('done'))).finally(
        () => inside--,
      );
    };
    const runs = [gate.run(work), gate.run(work), gate.run(work)];
    expect(await gate.run(work)).toBeUndefined();
    ends.shift()?.();
    await runs[0];
    await expect.poll(() => ends.length).toBe(2);
    for (const end of ends) end();
    expect(await Promise.all(runs)).toEqual(Array(3).fill({ value: 'done' }));
    expect(most).toBe(2);
  });

  it('is free again after work that failed', async () => {
    const gate = createGate(1, 0);
    await expect(gate.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await gate.run(async () => 1)).toEqual({ value: 1 });
  });
});

describe('the lock book', () => {
  it('is bounded, counts what it forgot, and forgets the oldest first', () => {
    const book = new LockBook(() => undefined, 8);
    const keys = (n: number) => ({
      account: `a${n}`,
      address: `10.${n >> 16}.${n >> 8}.${n & 255}`,
    });
    for (let n = 0; n < 10; n++) for (let m = 0; m < 5; m++) book.failed(keys(n), START);
    // Two names and two addresses.
    expect(book.forgotten).toBe(4);
    expect(book.waitMs(keys(0), START)).toBe(0);
    expect(book.waitMs(keys(9), START)).toBeGreaterThan(0);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:DB8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
  ])('counts %s under %s', (address, key) => expect(addressKey(address)).toBe(key));
});

describe('the dashboard', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lantai-dashboard-'));
  let house: House;
  beforeAll(async () => {
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<title>兰台</title>');
    writeFileSync(join(folder, 'assets', 'app-Ab12Cd34.js'), 'export {};');
    writeFileSync(join(folder, 'favicon.svg'), '<svg/>');
    house = await openHouse({ settings: { dashboardDir: folder, secureCookies: true } });
  });
  afterAll(async () => {
    await house.close();
    rmSync(folder, { recursive: true });
  });

  it.each(['/', '/alarms', '/rooms/sx.r301', '/incidents/sx.i1?tab=steps'])(
    'answers its page for %s, and no cache keeps it',
    async (url) => {
      const answer = await house.inject({ url });
      expect([answer.statusCode, answer.headers['cache-control']]).toEqual([200, 'no-store']);
      expect(answer.body).toContain('兰台');
    },
  );

  it('lets files be kept for ever only where their name has a hash', async () => {
    const hashed = await house.inject({ url: '/assets/app-Ab12Cd34.js' });
    expect(hashed.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const plain = await house.inject({ url: '/favicon.svg' });
    expect(plain.headers['cache-control']).toBe('no-cache');
  });

  it.each([
    ['/assets/gone-Ab12Cd34.js', 404],
    ['/../package.json', 404],
    ['/..%2f..%2fetc%2fpasswd.txt', 404],
    ['/api/nothing', 401],
    ['/api', 401],
  ])('is not the answer to %s', async (url, status) => {
    const answer = await house.inject({ url });
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error.requestId).toBeTruthy();
  });

  it.each(['/%2e%2e/%2e%2e/%2e%2e/etc/passwd', '/assets/%2e%2e/%2e%2e/etc/passwd'])(
    'shows no file outside its folder for %s',
    async (url) => expect((await house.inject({ url })).body).not.toContain('root:'),
  );

  it('is sent with headers that keep other sites out', async () => {
    const { headers } = await house.inject({ url: '/' });
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringContaining('max-age='),
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  it('takes no writes', async () => {
    const answer = await house.inject({ method: 'POST', url: '/alarms' });
    expect(answer.statusCode).toBe(404);
  });
});

describe('a house without a dashboard', () => {
  let house: House;
  afterEach(() => house.close());

  it('says so as an error of the usual form', async () => {
    house = await openHouse({ settings: { dashboardDir: join(tmpdir(), 'not-there') } });
    const answer = await house.inject({ url: '/' });
    expect([answer.statusCode, answer.json().error.code]).toEqual([404, 'not-found']);
  });

  it('listens, answers and closes', async () => {
    house = await openHouse();
    const address = await house.app.listen({ host: '127.0.0.1', port: 0 });
    const answer = await fetch(`${address}/api/health`);
    expect(await answer.json()).toEqual({ status: 'up' });
    await house.close();
    await expect(fetch(`${address}/api/health`)).rejects.toThrow();
  });
});
