/** Debian's Chromium, driven over its protocol, on pages of a real server. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { findServer } from '../support/servers.ts';
import { signIn } from '../system/client.ts';
import { ROOT } from '../system/lantai.ts';

/** `npm test` says what it could neither find nor install; such tests count as not run. */
export const withoutChromium = (process.env['TEST_WITHOUT'] ?? '').split(',').includes('chromium');

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
const PATIENCE_MS = 15_000;

export const LOCALES = ['zh-CN', 'en'] as const;
export type Locale = (typeof LOCALES)[number];
export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
/** A phone in one hand, a desk. */
export const PHONE = { width: 360, height: 740 } as const;
export const DESK = { width: 1440, height: 900 } as const;

export function launchChromium(): Promise<Browser> {
  if (!existsSync(join(ROOT, 'dashboard', 'dist', 'index.html'))) {
    throw new Error(
      'dashboard/dist is missing: run "node scripts/setup.mjs --dashboard" to build it; "npm test" does that first.',
    );
  }
  const executablePath = findServer('chromium');
  if (executablePath === undefined) throw new Error('Chromium is not installed.');
  return chromium.launch({ executablePath, args: ARGUMENTS, timeout: 60_000 });
}

/** One person's browser: what is remembered there, and who is signed in. */
export interface Person {
  readonly url: string;
  /** `name=value` of a session; unset: nobody is signed in. */
  readonly cookie?: string;
  readonly locale?: Locale;
}

export async function openContext(browser: Browser, person: Person): Promise<BrowserContext> {
  const localStorage = [{ name: 'lantai.language', value: person.locale ?? 'zh-CN' }];
  const context = await browser.newContext({
    viewport: DESK,
    // The language is what was chosen on this machine, not what the browser prefers.
    locale: 'zh-CN',
    storageState: { cookies: [], origins: [{ origin: person.url, localStorage }] },
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  context.setDefaultNavigationTimeout(PATIENCE_MS);
  if (person.cookie !== undefined) {
    const [name = '', value = ''] = person.cookie.split('=');
    await context.addCookies([{ name, value, url: person.url, httpOnly: true }]);
  }
  return context;
}

/** What a page complained about: console errors and uncaught exceptions. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    complaints.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}

export async function signInByHand(page: Page, name: string, password: string): Promise<void> {
  await page.fill('input[name=username]', name);
  await page.fill('input[name=password]', password);
  await page.click('button[type=submit]');
}

/** The page that is shown to whoever must change the password first. */
export async function newPasswordByHand(page: Page, current: string, next: string): Promise<void> {
  await page.waitForURL('**/password');
  await page.fill('input[name=currentPassword]', current);
  await page.fill('input[name=newPassword]', next);
  await page.fill('input[name=newPasswordAgain]', next);
  await page.click('button[type=submit]');
  await page.waitForURL((url) => url.pathname !== '/password');
}

/** `name=value` of a new session. */
export async function sessionOf(url: string, name: string, password: string): Promise<string> {
  const { status, headers } = await signIn(url, name, password);
  if (status !== 200) throw new Error(`signing in as ${name}: ${status}`);
  return headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

/** When a selector first matched something whose text has `words`, by the machine's clock. */
export interface Sighting {
  readonly at: () => Promise<number>;
}

/** Watches the page's document from now on; the clock is the machine's, which the page shares with us. */
export async function watchFor(
  page: Page,
  what: { readonly selector: string; readonly words?: string },
): Promise<Sighting> {
  const handle = await page.evaluateHandle(({ selector, words }) => {
    const seen = new Promise<number>((resolve) => {
      const look = () => {
        const there = [...document.querySelectorAll(selector)].some(
          (element) => words === undefined || element.textContent.includes(words),
        );
        if (!there) return false;
        observer.disconnect();
        resolve(Date.now());
        return true;
      };
      const observer = new MutationObserver(look);
      const everything = { subtree: true, childList: true, characterData: true, attributes: true };
      if (!look()) observer.observe(document.documentElement, everything);
    });
    // Wrapped: a bare promise would be awaited here, and we only start to watch.
    return { seen };
  }, what);
  return { at: () => handle.evaluate(({ seen }) => seen) };
}
