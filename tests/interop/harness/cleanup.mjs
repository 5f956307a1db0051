// SPDX-License-Identifier: Apache-2.0
// Stops everything that a test started when the test ends: in reverse order, and all of it even if one step fails.

const actions = new WeakMap();

async function run(list) {
  const errors = [];
  for (const action of list.reverse()) {
    try {
      await action();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

export function atEnd(t, action) {
  if (!actions.has(t)) {
    actions.set(t, []);
    t.after(() => run(actions.get(t)));
  }
  actions.get(t).push(action);
}
