import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, ConsoleMessage, Page } from 'playwright-core';

/** Where pictures of the pages are kept; not in git. */
const FOLDER = join(__dirname, '..', '..', 'screenshots');

export const SIZES = { laptop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } } as const;

/** A page that somebody looks at: what went wrong on it is remembered. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings on the console, and exceptions. */
  readonly complaints: readonly string[];
  /** Takes pictures of what is in sight, and checks it: nothing sticks out, and nobody is left out. */
  look(name: string): Promise<void>;
  /** What moved although nobody did anything; nothing, if it is little enough: below 0.1 is good (web.dev/cls). */
  shifts(): Promise<unknown>;
}

export async function watchedPage(browser: Browser, size: keyof typeof SIZES): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: SIZES[size], acceptDownloads: true, reducedMotion: 'reduce' });
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('console', (message: ConsoleMessage) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    if (!isLookup(message)) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.addInitScript(`
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries()) {
        const what = sources.map(({ node }) => node?.className || node?.nodeName);
        if (!hadRecentInput) window.shifts.push({ value, what, at: location.hash });
      }
    }).observe({ type: 'layout-shift', buffered: true });`);
  mkdirSync(FOLDER, { recursive: true });

  return {
    page,
    complaints,
    shifts: () => page.evaluate('shifts.reduce((sum, { value }) => sum + value, 0) < 0.1 ? [] : shifts'),
    async look(name) {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.screenshot({ path: join(FOLDER, `${name}-${size}-${colorScheme}.png`) });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(SIZES[size].width);
        if (size === 'laptop' || colorScheme === 'light') expect(await violations(page)).toEqual([]);
      }
    },
  };
}

/** Before a job with a name is submitted, it is looked up; browsers print that there is none. */
const isLookup = (message: ConsoleMessage): boolean =>
  /status of 404/.test(message.text()) && /\/orchestrator\/jobs\/[a-z]+-\w{4}\?/.test(message.location().url);

/** Says where the pictures are, past jest's own console. */
export const tellWhere = (): boolean => process.stdout.write(`Screenshots: ${FOLDER}\n`);

/** What keeps people with a disability from using the page, as far as a program can tell (WCAG 2.2, A and AA). */
async function violations(page: Page): Promise<unknown> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source);
  return page.evaluate(`axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.map(({ id, help, nodes }) => id + ': ' + help + ' – ' + nodes.map(({ html, failureSummary }) => html + failureSummary).join(' ')))`);
}
