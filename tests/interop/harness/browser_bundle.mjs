// SPDX-License-Identifier: Apache-2.0
// Packages of npm for a page: one script of their CommonJS files, unchanged, made without a network and without a bundler.

import { readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(import.meta.url);

/** The file that `name` means in `from`. A slash finds the package of npm, and not node's module of the same name. */
const resolve = (name, from) => createRequire(from).resolve(isBuiltin(name) ? `${name}/` : name);

/** Runs in the page. */
function loader(files) {
  const loaded = {};
  const load = (path) => {
    if (!path) return {};
    if (!loaded[path]) {
      loaded[path] = { exports: {} };
      const { requires, run } = files[path];
      run(loaded[path], loaded[path].exports, (name) => load(requires[name]));
    }
    return loaded[path].exports;
  };
  return load;
}

/** A script that puts what the packages export into `window.packages`. They get an empty object for each package in `without`. */
export function bundle(packages, { without = [] } = {}) {
  const files = new Map();
  const add = (path) => {
    if (files.has(path)) return;
    const source = readFileSync(path, 'utf8');
    const names = [...source.matchAll(/\brequire\(["']([^"']+)["']\)/g)].map(([, name]) => name).filter((name) => !without.includes(name));
    const requires = Object.fromEntries(names.map((name) => [name, resolve(name, path)]));
    files.set(path, { source, requires });
    Object.values(requires).forEach(add);
  };
  const entries = packages.map((name) => [name, resolve(name, HERE)]);
  entries.forEach(([, path]) => add(path));
  const text = [...files].map(([path, { source, requires }]) =>
    `${JSON.stringify(path)}: {requires: ${JSON.stringify(requires)}, run(module, exports, require) {${source}\n}}`);
  return `{const load = (${loader})({${text.join(',\n')}});
window.packages = Object.fromEntries(${JSON.stringify(entries)}.map(([name, path]) => [name, load(path)]));}`;
}
