/** Looks at every page in light and dark, on a phone and at a desk, and says what is wrong with it. */

import { gzipSync } from 'node:zlib';
import type { BrowserContext, Page } from 'playwright-core';
import en from '../../dashboard/src/locales/en.ts';
import zhCN from '../../dashboard/src/locales/zh-CN.ts';
import { complaintsOf, DESK, PHONE, THEMES, type Locale } from './chromium.ts';
import { contrastFailures, ownTexts, sizeFailures } from './in-page.ts';

/** Labels of the screen; what comes from the data keeps its own language. */
const LABELS = 'nav a, button, th, label, .kpi h3';
/** Names that are the same in every language, and the language's own name. */
const SAME_EVERYWHERE = /MQTT|LANTAI|English|中文|PM2\.5|PM10|馆内预警|本馆自定/g;
const FOREIGN: Readonly<Record<Locale, RegExp>> = {
  'zh-CN': /[A-Za-z]{3,}/,
  en: /\p{Script=Han}/u,
};
/** A key that no locale has is shown as it is; a value that was not handed in leaves its braces. */
const RAW = new RegExp(
  `(^|\\s)(${Object.keys({ ...zhCN, ...en }).join('|')})\\.[A-Za-z]|\\{[a-zA-Z]+\\}`,
);
const BROKEN = /\b(undefined|NaN|null|Invalid Date)\b|\[object /;

export interface Looking {
  readonly url: string;
  readonly paths: readonly string[];
  readonly locale: Locale;
}

/** One line for each thing that is wrong; none when every page is whole. */
export async function lookAtScreens(page: Page, looking: Looking): Promise<readonly string[]> {
  const findings: string[] = [];
  const complaints = complaintsOf(page);
  for (const path of looking.paths) {
    const say = (found: readonly string[], where = '') => {
      findings.push(...found.map((one) => `${looking.locale} ${path}${where}: ${one}`));
    };
    await page.setViewportSize(DESK);
    await page.goto(looking.url + path, { waitUntil: 'networkidle' });
    // A busy machine may be idle on the network before the page is drawn; one without a heading is told below.
    await page.waitForSelector('h1').catch(() => undefined);
    say(await wordFailures(page, looking.locale));
    for (const theme of THEMES) {
      for (const viewport of [DESK, PHONE]) {
        await page.emulateMedia({ colorScheme: theme });
        await page.setViewportSize(viewport);
        const found = [
          ...(await page.evaluate(sizeFailures)),
          ...(await page.evaluate(contrastFailures)),
        ];
        say([...new Set(found)].slice(0, 5), ` ${theme} ${viewport.width} px`);
      }
    }
    say(complaints.splice(0));
  }
  return findings;
}

async function wordFailures(page: Page, locale: Locale): Promise<readonly string[]> {
  const text = await page.locator('body').innerText();
  const failures: string[] = [];
  if (text.trim().length < 20) failures.push('almost no text');
  for (const pattern of [RAW, BROKEN]) {
    const found = pattern.exec(text);
    if (found)
      failures.push(`raw text: ${text.slice(Math.max(0, found.index - 20), found.index + 40)}`);
  }
  for (const label of await page.evaluate(ownTexts, LABELS)) {
    if (FOREIGN[locale].test(label.replaceAll(SAME_EVERYWHERE, '')))
      failures.push(`foreign label: ${label}`);
  }
  const document = await page.evaluate(() => ({
    language: globalThis.document.documentElement.lang,
    headings: globalThis.document.querySelectorAll('h1').length,
    isInside: globalThis.document.querySelector('.shell') !== null,
    speakers: globalThis.document.querySelectorAll('[aria-live=assertive]').length,
  }));
  if (document.language !== locale) failures.push(`language ${document.language}`);
  if (document.headings !== 1) failures.push(`${document.headings} main headings`);
  if (document.isInside && document.speakers !== 1) failures.push('nothing says new alarms aloud');
  return failures;
}

/** The script that the overview needs, gzipped, as the browser asked for it. */
export async function firstViewBytes(context: BrowserContext, url: string): Promise<number> {
  const page = await context.newPage();
  const scripts = new Map<string, Promise<Buffer>>();
  page.on('response', (response) => {
    if (response.url().endsWith('.js')) scripts.set(response.url(), response.body());
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  const bodies = await Promise.all(scripts.values());
  await context.close();
  return bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
}
