import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import { chromiumForTests } from '../../packages/bacalhau-sdk/test/support/chromium.js';
import { describeWith } from '../../packages/bacalhau-sdk/test/support/requirements.js';

/** As `npm run docs:build` built it; `npm test` does that before. */
const site = join(__dirname, '..', 'site', 'dist');
const addressOf = (path: string): string => pathToFileURL(join(site, path)).href;
const PAGES = ['index.html', 'documents/options.html', 'classes/bacalhau-sdk.Jobs.html'];

if (!existsSync(site)) throw new Error('The site is not built. Run npm run docs:build before this test.');

describeWith(['chromium'], 'the documentation site', () => {
  const chromium = chromiumForTests();

  test.each(['light', 'dark'] as const)(
    'has no serious barrier, in %s',
    async (colorScheme) => {
      const context = await chromium.browser.newContext({ colorScheme, viewport: { width: 390, height: 844 } });
      const page = await context.newPage();
      const found: string[] = [];
      for (const path of PAGES) {
        await page.goto(addressOf(path));
        await page.locator('#tsd-nav-container li').first().waitFor({ state: 'attached' });
        await page.addScriptTag({ path: require.resolve('axe-core') });
        const { violations } = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as AxeResults;
        for (const { id, impact, nodes } of violations) {
          if (impact !== 'serious' && impact !== 'critical') continue;
          found.push(`${path}: ${id} at ${nodes.map(({ target }) => target.join(' ')).slice(0, 3)}`);
        }
        // Nothing is cut off, or to be scrolled for, at the width of a phone.
        const width: number = await page.evaluate('document.documentElement.scrollWidth');
        if (width > 390) found.push(`${path} is ${width} pixels wide`);
      }
      await context.close();
      expect(found).toEqual([]);
    },
    60_000,
  );
});
