// SPDX-License-Identifier: Apache-2.0
// The page of examples/fastapi-backend: a person logs in, joins rooms, and, as a host, does more.

import { until } from '../harness/until.mjs';
import { VoicePage } from './voice_page.mjs';

export class TeamPage {
  /** Logs in with the form. */
  static async logIn(browser, backend, user) {
    const person = new TeamPage();
    const context = await browser.newContext();
    Object.assign(person, { browser, backend, context, page: await context.newPage() });
    await person.page.goto(backend.url);
    await person.page.getByLabel('User').fill(user);
    await person.page.getByLabel('Password').fill(`${user}-demo`);
    await person.click('Log in');
    await person.page.getByRole('button', { name: 'Log out' }).waitFor();
    return person;
  }

  click(button) {
    return this.page.getByRole('button', { name: button, exact: true }).click();
  }

  /** Follows the link to the voice page, and joins. */
  async join(room, name) {
    const link = await this.page.getByRole('link', { name: `Join ${room}` }).getAttribute('href');
    return VoicePage.join(this.browser, this.backend, { name, room, fragment: link.slice(1), context: this.context });
  }

  /** The rows of attendance, as the page shows them. */
  async visits() {
    return this.page.getByRole('table', { name: 'Attendance' }).locator('tbody tr').allTextContents();
  }

  /** Waits until the list has an entry with this text. */
  shows(list, text) {
    return until(`${list} has "${text}"`, async () => {
      const entries = await this.page.getByRole('list', { name: list, exact: true }).getByRole('listitem').allTextContents();
      return entries.some((entry) => entry.includes(text));
    });
  }
}
