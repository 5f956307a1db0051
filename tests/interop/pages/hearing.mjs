// SPDX-License-Identifier: Apache-2.0
// Waits for one page to hear another one, or to hear it no longer.

import { until } from '../harness/until.mjs';

const nameOf = (talker) => talker.name ?? talker;

/** `talker`: a page, or a source number. If it is not heard, the error says what each connection of the listener has received. */
export async function heard(listener, talker) {
  await until(`${listener.name} hears ${nameOf(talker)}`, () => listener.hears(talker)).catch(async ({ message }) => {
    const told = await listener.page.evaluate(() => window.probe.messages.filter(({ type }) => type === 'slots').at(-1));
    const received = await listener.page.evaluate(() => window.probe.overview());
    throw new Error(`${message}: ${JSON.stringify({ told, received })}`);
  });
}

export const notHeard = (listener, talker) =>
  until(`${listener.name} no longer hears ${nameOf(talker)}`, async () => !(await listener.hears(talker)));
