// SPDX-License-Identifier: Apache-2.0
// The package @veche/client: its types, what is in it, that it installs and works elsewhere, and how large it is.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const PACKAGE = fileURLToPath(new URL('../../../clients/web/', import.meta.url));
const LICENSE = fileURLToPath(new URL('../../../LICENSE', import.meta.url));
const MANIFEST = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
const ENTRIES = ['.', './e2ee', './e2ee-worker', './mesh'];
/** Imports of a page, and how many bytes they may be after minification and gzip. */
const LIMITS = {
  "import * as all from '@veche/client'; console.log(all)": 15000,
  "import '@veche/client/e2ee-worker'": 6000,
  "import * as all from '@veche/client/e2ee'; console.log(all)": 6000,
  "import { Problem } from '@veche/client'; console.log(Problem)": 1200,
};
/** What the mesh adds to a page that has the rest. */
const MESH = { import: "import * as all from '@veche/client'; import * as mesh from '@veche/client/mesh'; console.log(all, mesh)", limit: 6000 };
/** A program in TypeScript, which reads every public type. */
const PROGRAM = `
import { Problem, SFUVoiceClient } from '@veche/client';
import * as e2ee from '@veche/client/e2ee';
import * as mesh from '@veche/client/mesh';
const client = new SFUVoiceClient({ room: 'lobby', participant: 'ada', token: async () => 'token', slots: 3 });
const joined: Promise<void> = client.join(new MediaStream());
const names: string[] = [...client.roster.keys()];
client.addEventListener('problem', ({ detail }) => console.log(detail.message, detail.advice));
client.addEventListener('state', ({ detail }) => console.log(detail.state.length));
const refused = (error: unknown): number => (error instanceof Problem ? error.status : 0);
// @ts-expect-error: the types know what a client needs.
new SFUVoiceClient({ room: 1 });
// @ts-expect-error: and what it has.
client.noSuchMethod();
export default [client, joined, names, refused, e2ee, mesh];
`;
const require = createRequire(join(PACKAGE, 'package.json'));
const TSC = join(PACKAGE, 'node_modules/.bin/tsc');

/** Runs a program; an error has what it printed. */
async function run(program, words, cwd) {
  const env = { ...process.env, npm_config_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false', npm_config_update_notifier: 'false' };
  const done = promisify(execFile)(program, words, { cwd, env, maxBuffer: 1e7 });
  return (await done.catch((error) => { throw new Error(`${program} ${words.join(' ')}: ${error.stdout}${error.stderr}`); })).stdout;
}

function scratch(t) {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'veche-package-')));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The package as `npm pack` makes it, from a copy: the source tree stays as it is. Returns the path of the tarball. */
async function pack(directory) {
  const copy = join(directory, 'clients/web');
  mkdirSync(copy, { recursive: true });
  cpSync(LICENSE, join(directory, 'LICENSE'));
  for (const name of ['package.json', 'README.md', 'tsconfig.json', 'src', 'demo', 'index.html']) {
    cpSync(join(PACKAGE, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(PACKAGE, 'node_modules'), join(copy, 'node_modules'));
  await run('npm', ['pack', '--pack-destination', directory], copy);
  assert.deepEqual(readdirSync(copy).filter((name) => ['types', 'LICENSE'].includes(name)), [], 'packing leaves nothing behind');
  return join(directory, `veche-client-${MANIFEST.version}.tgz`);
}

/** An empty project with the package. Returns its folder. */
async function install(directory, tarball) {
  const project = join(directory, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await run('npm', ['install', tarball], project);
  return project;
}

/** The bytes of what a page loads that has this import, minified and compressed. */
async function sizeOf(project, source) {
  const { build } = require('esbuild');
  const { outputFiles: [{ contents }] } = await build({
    stdin: { contents: source, resolveDir: project }, bundle: true, minify: true, format: 'esm', platform: 'browser', target: 'es2022', write: false });
  return gzipSync(contents, { level: 9 }).length;
}

async function assertFiles(project) {
  const root = join(project, 'node_modules/@veche/client');
  assert.deepEqual(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.')), ['@veche'], 'no dependency comes with it');
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map(({ parentPath, path, name }) => join(parentPath ?? path, name));
  for (const name of names) {
    assert.match(name.slice(root.length + 1), /^(LICENSE|README\.md|package\.json|src\/.*\.js|types\/.*\.d\.ts)$/);
    const foreign = readFileSync(name, 'utf8').match(/(registry\.npm|(?<![\w.-])\/(home|root|tmp|work|mnt)\/)[^\s]*/);
    assert.equal(foreign?.[0], undefined, `${name} names a place that others do not have`);
  }
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.deepEqual([manifest.dependencies, manifest.peerDependencies], [undefined, undefined]);
  assert.deepEqual(ENTRIES.filter((entry) => !manifest.exports[entry]), []);
}

async function compileProgram(project) {
  writeFileSync(join(project, 'program.ts'), PROGRAM);
  for (const [module, resolution] of [['nodenext', 'nodenext'], ['esnext', 'bundler']]) {
    await run(TSC, ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2022,dom', '--types', '', '--module', module,
      '--moduleResolution', resolution, 'program.ts'], project);
  }
}

test('The sources have the types that they say they have', () => run(TSC, ['-p', PACKAGE], PACKAGE));

test('The package works where it is installed', async (t) => {
  const directory = scratch(t);
  const tarball = await pack(directory);
  const project = await install(directory, tarball);

  await t.test('publint has nothing to say', async () => {
    const { publint } = await import(require.resolve('publint'));
    const { formatMessage } = await import(require.resolve('publint/utils'));
    const { messages, pkg } = await publint({ pkgDir: join(project, 'node_modules/@veche/client'), pack: false, strict: true });
    assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), []);
  });
  await t.test('It has its sources, types and licence, no dependency, and names no place of the machine that made it', () => assertFiles(project));
  await t.test('Node imports it', async () => {
    const names = ENTRIES.filter((entry) => entry !== './e2ee-worker').map((entry) => MANIFEST.name + entry.slice(1));
    const script = `for (const name of ${JSON.stringify(names)}) console.log(name, Object.keys(await import(name)).length > 0)`;
    const printed = await run('node', ['--input-type=module', '--eval', script], project);
    assert.deepEqual(printed.trim().split('\n'), names.map((name) => `${name} true`));
  });
  await t.test('A program in TypeScript compiles against its types', () => compileProgram(project));
  await t.test('It is small', async () => {
    const sizes = await Promise.all(Object.entries(LIMITS).map(async ([source, limit]) => ({ source, limit, size: await sizeOf(project, source) })));
    const [core] = sizes;
    sizes.push({ source: `${MESH.import}, less the core`, limit: MESH.limit, size: await sizeOf(project, MESH.import) - core.size });
    for (const { source, limit, size } of sizes) t.diagnostic(`${size} of ${limit} bytes: ${source}`);
    for (const { source, limit, size } of sizes) assert.ok(size <= limit, `${size} bytes instead of ${limit}: ${source}`);
  });
});
