// SPDX-License-Identifier: Apache-2.0
// Reports what was tried a second time.

/** The result of `action`, of its second run if the first failed with an error that is `excused`: `scripts/run-tests` counts the line as a flaky test. */
export async function tryTwice(what, action, excused = () => true) {
  try {
    return await action(1);
  } catch (error) {
    if (!excused(error)) throw error;
    console.log(`RETRIED: ${what}: ${error.message}`);
    return action(2);
  }
}
