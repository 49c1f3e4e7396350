/** The table of role × route, cell by cell. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../../domain/account.ts';
import { PERMISSIONS, roleMay, type RouteKey } from '../../server/http/permissions.ts';
import { addressOf } from './addresses.ts';
import { alarm, incident } from './fixtures.ts';
import { openHouse, ROLE_ACCOUNTS, type House } from './support.ts';

let house: House;
const cookies = new Map<Role, string>();

beforeAll(async () => {
  house = await openHouse({ demonstration: true });
  house.store.put('alarm', alarm('sx.a1'));
  house.store.put('incident', incident('sx.i1'));
  for (const role of ROLES) cookies.set(role, await house.signIn(ROLE_ACCOUNTS[role]));
});
afterAll(() => house.close());

const KEYS = Object.keys(PERMISSIONS) as RouteKey[];
// Bodies are left out, so that a let-in request is judged by its content. Signing out would end the session that the other cells use; its own test is with the sessions.
const CELLS = KEYS.filter((key) => key !== 'DELETE /api/session');

describe.each(CELLS)('%s', (key) => {
  it.each(ROLES)('answers %s as the table says', async (role) => {
    const answer = await house.inject({
      ...addressOf(key),
      headers: { cookie: cookies.get(role) ?? '' },
    });
    if (roleMay(role, PERMISSIONS[key]))
      expect([401, 403, 500, 503]).not.toContain(answer.statusCode);
    else expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'forbidden']);
  });

  it('asks strangers who they are, unless it is public', async () => {
    const answer = await house.inject(addressOf(key));
    if (PERMISSIONS[key] === 'public') expect(answer.statusCode).not.toBe(401);
    else expect(answer.statusCode).toBe(401);
  });
});

describe('the table', () => {
  it('has no public rows but files, health and signing in', () => {
    const open = KEYS.filter((key) => PERMISSIONS[key] === 'public');
    expect(open.toSorted()).toEqual(['GET /*', 'GET /api/health', 'POST /api/session']);
  });

  it('gives the auditor the journal and nothing else', () => {
    const own = KEYS.filter((key) => typeof PERMISSIONS[key] !== 'string');
    expect(own.filter((key) => roleMay('auditor', PERMISSIONS[key]))).toEqual([
      'GET /api/journal',
      'GET /api/journal/verification',
    ]);
  });

  it('gives the administrator no alarms, incidents, rooms or readings', () => {
    const kept = /alarms|incidents|rooms|readings|assessments|access-events|journal/;
    const seen = KEYS.filter((key) => kept.test(key));
    expect(seen.filter((key) => roleMay('administrator', PERMISSIONS[key]))).toEqual([]);
  });

  it('keeps the server from starting with a route that has no row', async () => {
    const extend = (app: House['app']) => void app.get('/api/secret-door', () => 'open');
    await expect(openHouse({ extend })).rejects.toThrow(
      'no row permits these routes: GET /api/secret-door',
    );
  });
});
