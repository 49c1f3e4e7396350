/** What a room keeps to, chosen by its manager on screen: listed with its reasons, and its limits follow. */

import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomStandards, StandardsChoice } from '../../domain/standards.ts';
import type { Page as Paged } from '../../domain/api.ts';
import { clientOf, type Client } from '../system/client.ts';
import { startLantai, temporaryFolder, type Lantai } from '../system/lantai.ts';
import { writeRepository } from '../system/repository.ts';
import {
  complaintsOf,
  launchChromium,
  LOCALES,
  openContext,
  sessionOf,
  withoutChromium,
} from './chromium.ts';
import { lookAtScreens } from './looks.ts';

const ROOM = 'sx.r302';
const CHOSEN = 'ashrae-2019:a1';
const MANAGER = { name: 'keeper', password: 'made by somebody else' };

const folder = temporaryFolder();
let lantai: Lantai;
let browser: Browser;
let client: Client;
let context: BrowserContext;
let page: Page;
let complaints: string[];

const dialog = () => page.locator('dialog');
const submit = () => dialog().locator('button[type=submit]');
const kept = () => client.get<RoomStandards>(`/api/room-standards?room=${ROOM}`);

async function openDialog(): Promise<void> {
  await page.goto(`${lantai.url}/rules`);
  await page.selectOption('main select', ROOM);
  await page.click('button:has-text("选定标准…")');
  await page.waitForSelector('dialog[open] li');
}

/** What has the focus, as whoever uses the keyboard hears it. */
function focused(): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement as HTMLInputElement | null;
    return at?.name || at?.ariaLabel || at?.textContent?.trim() || '';
  });
}

describe.skipIf(withoutChromium)('the standards of a room in a browser', () => {
  beforeAll(async () => {
    const settings = {
      LANTAI_DATA_DIR: join(folder.path, 'data'),
      LANTAI_REPOSITORY: writeRepository(folder.path),
    };
    [lantai, browser] = await Promise.all([startLantai(settings), launchChromium()]);
    client = await clientOf(lantai.url);
    await client.act('POST /api/accounts', {
      ...MANAGER,
      displayName: '库房主管',
      roles: ['manager'],
      repositories: ['*'],
    });
    const first = await sessionOf(lantai.url, MANAGER.name, MANAGER.password);
    await fetch(`${lantai.url}/api/session/password`, {
      method: 'PUT',
      headers: { cookie: first, 'content-type': 'application/json' },
      body: JSON.stringify({ current: MANAGER.password, next: 'a sentence of my own 2' }),
    });
    const cookie = await sessionOf(lantai.url, MANAGER.name, 'a sentence of my own 2');
    context = await openContext(browser, { url: lantai.url, cookie });
    page = await context.newPage();
    complaints = complaintsOf(page);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await lantai?.stop();
    folder.remove();
  });
});
