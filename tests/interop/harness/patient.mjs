// SPDX-License-Identifier: Apache-2.0
// Playwright's own waits are as long as until()'s.

import { LIMIT_MS } from './until.mjs';

/** The same browser, whose pages wait so long. */
export function patient(browser) {
  const open = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await open(options);
    context.setDefaultTimeout(LIMIT_MS);
    return context;
  };
  return browser;
}
