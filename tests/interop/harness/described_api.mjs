// SPDX-License-Identifier: Apache-2.0
// What the server's OpenAPI document says about an exchange: whether it may answer so, and with which body.

import Ajv2020 from 'ajv/dist/2020.js';

const ID = 'https://veche.invalid/openapi.json';
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const WITHOUT_BODY = new Set([101, 204, 304]);

/** RFC 6901 in a fragment. */
const pointer = (...parts) =>
  `#/${parts.map((part) => encodeURIComponent(String(part).replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
const mediaType = (type) => (type ?? '').split(';')[0].trim().toLowerCase();
const segments = (path) => path.split('/').length;

/** "application/json" fits "*\/*". */
function fits(type, range) {
  const [major, minor] = range.split('/');
  return range === type || range === '*/*' || (minor === '*' && type.startsWith(`${major}/`));
}

/** The server takes "." and ".." out of a path, as URLs do, and a slash from the end of an endpoint of WHIP and WHEP. */
const pathOf = (target) => new URL(target, 'http://veche.invalid').pathname.replace(/^(\/wh[ie]p\/[^/]+)\/$/, '$1');
/** What is not below these is a file or nothing. */
const OF_THE_API = /^\/(v1|whip|whep)(\/|$)/;

export class DescribedApi {
  #validators = new Map();

  constructor(document) {
    this.document = document;
    this.ajv = new Ajv2020({ strict: false, validateSchema: false, logger: false });
    this.ajv.addFormat('date-time', DATE_TIME);
    this.ajv.addSchema({ ...document, $id: ID });
    const expression = (path) => new RegExp(`^${path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[a-z_]+\}/g, '[^/]+')}$`);
    const variables = (path) => path.split('{').length;
    this.paths = Object.keys(document.paths)
      .sort((one, other) => variables(one) - variables(other) || segments(other) - segments(one))
      .map((path) => ({ path, expression: expression(path) }));
  }

  /** {path, method, operation}, or nothing. A HEAD is a GET. */
  find(method, target) {
    const wanted = pathOf(target);
    const path = this.paths.find(({ expression }) => expression.test(wanted))?.path;
    const lower = method === 'HEAD' ? 'get' : method.toLowerCase();
    return path && { path, method: lower, operation: this.document.paths[path][lower] };
  }

  /** All of {path, method, operation}. */
  operations() {
    return Object.entries(this.document.paths).flatMap(([path, item]) => Object.entries(item)
      .filter(([method]) => method !== 'parameters')
      .map(([method, operation]) => ({ path, method, operation })));
  }

  /**
   * What the document does not allow about an exchange, as a sentence; undefined if it allows all of it. `type` is the answer's Content-Type,
   * `answer` its body, parsed if it is JSON; `body` is the request's, parsed, if it was JSON.
   */
  complaint({ method, target, body, status, type, answer }) {
    const found = this.find(method, target);
    const known = found?.operation;
    const what = `${method} ${target}: ${status}`;
    const isForeign = method === 'OPTIONS' || [404, 405].includes(status) || !OF_THE_API.test(pathOf(target));
    if (!known) return isForeign ? undefined : `${what} of an operation that is not documented`;
    const place = ['paths', found.path, found.method, 'responses', known.responses[status] ? status : 'default'];
    const named = known.responses[place.at(-1)];
    if (!named) return `${what} is not documented`;
    const refused = status < 400 && body !== undefined && this.#invalid(
      ['paths', found.path, found.method, 'requestBody', 'content', 'application/json', 'schema'], body);
    if (refused) return `${what}: the server took a body that does not fit: ${refused}`;
    if (place.at(-1) === 'default') return undefined;
    const reference = named.$ref?.split('/').slice(1);
    const { content } = reference ? this.document.components[reference[1]][reference[2]] : named;
    return this.#complaintOfContent(what, method, content, reference ?? place, { status, type: mediaType(type), answer });
  }

  #complaintOfContent(what, method, content, place, { status, type, answer }) {
    if (method === 'HEAD' || WITHOUT_BODY.has(status)) return answer ? `${what} has a body` : undefined;
    if (!content) return answer ? `${what} has a body, which is not documented` : undefined;
    const range = Object.keys(content).find((each) => fits(type, each));
    if (!range) return `${what} has the content type "${type}", documented: ${Object.keys(content)}`;
    if (!/json$/.test(type) || !content[range].schema) return undefined;
    const invalid = this.#invalid([...place, 'content', range, 'schema'], answer);
    return invalid && `${what}: ${invalid} in ${JSON.stringify(answer).slice(0, 2000)}`;
  }

  /** What is wrong with `value` by the schema at that place of the document; nothing if all is well, or there is none. */
  #invalid(place, value) {
    const reference = pointer(...place);
    if (!this.#validators.has(reference)) {
      const schema = place.reduce((node, part) => node?.[part], this.document);
      this.#validators.set(reference, schema === undefined ? () => true : this.ajv.compile({ $ref: ID + reference }));
    }
    const validate = this.#validators.get(reference);
    return validate(value) ? undefined : this.ajv.errorsText(validate.errors, { dataVar: 'body' })
      + (validate.errors[0].params.additionalProperty ? ` (${validate.errors[0].params.additionalProperty})` : '');
  }
}
