// SPDX-License-Identifier: Apache-2.0
// Makes requests out of an OpenAPI document: what it allows, and what it does not. The same seed makes the same requests.

/** Numbers from 0 to 1 (mulberry32). */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ODD_VALUES = [
  null, true, -1, 0, 2 ** 31, 2 ** 53, -1e308, 0.1, '', 'x', '\u0000', '\ud83d\ude00'.repeat(40), 'x'.repeat(5000), [], {}, [[[[]]]], { a: { b: [] } }];
const ODD_TEXTS = ['', '{', '[]', 'null', '{"a":1,"a":2}', '\ufeff{}', '{"n":1e999}', '['.repeat(200), '\u0000', '{"a":"\\ud800"}', 'x'.repeat(70000)];
const ODD_NAMES = ['.', '..', '%2e%2e', 'a%20b', '%00', '%ff', 'x'.repeat(65), '%25', 'a%2Fb', '{room}', 'admin', '%F0%9F%98%80'];
const SDP_TYPES = /sdp/;

export class DocumentRequests {
  /** `names` gives likely values of variables in paths: {room: ['blue']}. */
  constructor(document, seed, names) {
    this.document = document;
    this.random = randomNumbers(seed);
    this.names = names;
  }

  chance(probability) { return this.random() < probability; }
  pick(list) { return list[Math.floor(this.random() * list.length)]; }
  between(low, high) { return low + Math.floor(this.random() * (high - low + 1)); }

  /** {method, target, headers, body} of an operation. `odd`: about one part of it is not as documented. */
  request({ path, method, operation }, odd) {
    const oddPart = odd ? this.pick(['path', 'query', 'body', 'body', 'body', 'type']) : '';
    const target = path.replace(/\{([a-z_]+)\}/g, (_, name) =>
      (oddPart === 'path' && this.chance(0.6) ? this.pick(ODD_NAMES) : this.pick(this.names[name] ?? ['x'])));
    const request = { method: method.toUpperCase(), target: target + this.#query(operation, oddPart === 'query'), headers: {} };
    this.#condition(operation, request);
    const content = operation.requestBody?.content;
    if (content) this.#body(content, request, oddPart);
    return request;
  }

  #query(operation, odd) {
    const parts = (operation.parameters ?? []).filter((each) => each.in === 'query' && (each.required || this.chance(0.4))).map((each) => {
      const value = odd ? this.pick([...ODD_NAMES, '', '-1', '101', 'TRUE', '1e3']) : encodeURIComponent(this.value(each.schema));
      return `${each.name}=${value}`;
    });
    if (odd && this.chance(0.3)) parts.push('unknown=1', '=', '&&');
    return parts.length > 0 ? `?${parts.join('&')}` : '';
  }

  #condition(operation, request) {
    for (const parameter of operation.parameters ?? []) {
      if (parameter.in === 'header' && this.chance(0.15)) {
        request.headers[parameter.name] = this.pick(['*', '"x"', '"1-2.3"', 'W/"x"', '"', ',,']);
      }
    }
  }

  #body(content, request, oddPart) {
    const [type, { schema }] = this.pick(Object.entries(content));
    request.headers['Content-Type'] = oddPart === 'type' ? this.pick(['text/plain', 'application/json; charset=latin1', 'x', ...Object.keys(content)]) : type;
    if (SDP_TYPES.test(type)) {
      request.body = this.pick(['v=0\r\n', 'a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n', ...ODD_TEXTS]);
      return;
    }
    if (oddPart === 'body' && this.chance(0.2)) {
      request.body = this.pick(ODD_TEXTS);
      return;
    }
    const value = this.value(schema);
    request.json = oddPart === 'body' ? this.#spoil(value) : value;
    request.body = JSON.stringify(request.json);
  }

  /** One place of it is changed. */
  #spoil(value) {
    if (value === null || typeof value !== 'object' || this.chance(0.2)) return this.pick(ODD_VALUES);
    const keys = Object.keys(value);
    if (keys.length === 0 || this.chance(0.2)) return Array.isArray(value) ? [...value, this.pick(ODD_VALUES)] : { ...value, unknown: this.pick(ODD_VALUES) };
    const key = this.pick(keys);
    if (Array.isArray(value)) return value.map((each, i) => (i === Number(key) ? this.#spoil(each) : each));
    return { ...value, [key]: this.#spoil(value[key]) };
  }

  /** A value that fits the schema. */
  value(schema, depth = 0) {
    if (schema.$ref) return this.value(schema.$ref.split('/').slice(1).reduce((node, part) => node[part], this.document), depth);
    if (schema.anyOf) return this.value(this.pick(schema.anyOf), depth);
    if (schema.enum) return this.pick(schema.enum);
    if (schema.examples && this.chance(0.3)) return this.pick(schema.examples);
    const type = Array.isArray(schema.type) ? this.pick(schema.type) : schema.type;
    return {
      object: () => this.#object(schema, depth),
      array: () => Array.from({ length: this.between(schema.minItems ?? 0, Math.min(schema.maxItems ?? 3, 3)) }, () => this.value(schema.items, depth + 1)),
      string: () => this.#string(schema),
      integer: () => this.between(schema.minimum ?? -1000, schema.maximum ?? 1000),
      number: () => this.random() * 1000,
      boolean: () => this.chance(0.5),
      null: () => null,
    }[type]?.() ?? null;
  }

  #object(schema, depth) {
    const required = new Set(schema.required);
    const named = Object.entries(schema.properties ?? {}).filter(([name]) => required.has(name) || this.chance(0.4));
    const object = Object.fromEntries(named.map(([name, inner]) => [name, this.value(inner, depth + 1)]));
    if (schema.additionalProperties === true && depth < 4 && this.chance(0.3)) object.any = this.pick(ODD_VALUES);
    return object;
  }

  #string(schema) {
    if (schema.pattern) return this.pick(this.names.room);
    const length = this.between(schema.minLength ?? 0, Math.min(schema.maxLength ?? 12, 40));
    return Array.from({ length }, () => this.pick([...'abcXYZ019 .~-_/é"\\'])).join('');
  }
}
