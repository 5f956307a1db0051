// SPDX-License-Identifier: Apache-2.0
// What axe-core has to say against a page as it is now, in light and in dark.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** The violations, as texts; `what` is named in each. */
export async function violations(page, what) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(AXE); // Not a script of the page: its policy forbids that.
  const result = [];
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const found = await page.evaluate((values) => window.axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }), RULES);
    for (const { id, help, nodes } of found.violations) {
      result.push(...nodes.map(({ html, any }) => `${what}, ${colorScheme}: ${id}: ${help}: ${html.slice(0, 200)} ${any.map(({ message }) => message).join(' ')}`));
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: null });
  return result;
}
