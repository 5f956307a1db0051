// SPDX-License-Identifier: Apache-2.0
// What can go wrong in a call, as a code for programs and as advice for people.

/**
 * @typedef {'permission-denied' | 'no-microphone' | 'microphone-busy' | 'insecure-page' | 'autoplay-blocked' | 'refused' | 'token-expired'
 *   | 'unreachable' | 'not-supported' | 'interrupted' | 'wrong-key'} VoiceErrorCode
 */

/** @type {Record<VoiceErrorCode, string>} */
const ADVICE = {
  'permission-denied': 'Please allow this page to use the microphone, then try again.',
  'no-microphone': 'No microphone was found. Connect one, or join to listen only.',
  'microphone-busy': 'Another program uses the microphone. Close it there, then try again.',
  'insecure-page': 'Browsers give the microphone to secure pages (https) alone. Open this page by https.',
  'autoplay-blocked': 'Click or tap this page to hear the others.',
  refused: 'The server does not let you in. Ask for a new invitation.',
  'token-expired': 'Your invitation has expired. Ask for a new one.',
  unreachable: 'The server cannot be reached. Check your network, then try again.',
  'not-supported': 'This browser cannot take part in voice calls. Use another one.',
  interrupted: 'Another program took the microphone. It comes back by itself, or choose another one.',
  'wrong-key': 'You have another key than the other participants. Ask them for theirs.',
};

/** The names of `getUserMedia`'s errors, the old ones too. */
const OF_MEDIA = new Map(Object.entries(/** @type {Record<string, VoiceErrorCode>} */ ({
  NotAllowedError: 'permission-denied',
  PermissionDeniedError: 'permission-denied',
  SecurityError: 'permission-denied',
  NotFoundError: 'no-microphone',
  DevicesNotFoundError: 'no-microphone',
  OverconstrainedError: 'no-microphone',
  NotReadableError: 'microphone-busy',
  TrackStartError: 'microphone-busy',
  AbortError: 'microphone-busy',
  InvalidStateError: 'interrupted', // iOS, while another program is in front.
})));

/** `code` is for programs, `advice` a sentence for people, `cause` what a browser or a function of the page has thrown. */
export class VoiceError extends Error {
  /**
   * @param {VoiceErrorCode} code
   * @param {{message?: string, advice?: string, cause?: unknown}} [options]
   */
  constructor(code, { message, advice = ADVICE[code], cause } = {}) {
    super(message ?? advice);
    this.name = 'VoiceError';
    this.code = code;
    this.advice = advice;
    this.cause = cause;
  }

  /**
   * An error of `getUserMedia`, by its name.
   * @param {unknown} error
   * @returns {VoiceError}
   */
  static ofMedia(error) {
    if (error instanceof VoiceError) return error;
    const { name = '', message } = /** @type {Partial<Error>} */ (error ?? {});
    return new VoiceError(OF_MEDIA.get(name) ?? 'not-supported', { message, cause: error });
  }
}

/** Statuses of the 4xx that say nothing against another attempt: timeout, conflict, too early, too many requests. */
export const BUSY = new Set([408, 409, 425, 429]);
/** Types of refusals that a newer token may not meet. */
const OUTDATED = new Set(['/problems/unauthenticated', '/problems/token-outdated']);

/**
 * @typedef {object} ProblemFields
 * @property {string} [title]
 * @property {string} [detail]
 * @property {number} [status] 0: the request did not get through.
 * @property {string} [type]
 * @property {number} [retryAfterMs]
 * @property {boolean} [final] Another attempt would fail too.
 * @property {unknown} [cause]
 */

/** A refusal by the server, in words for people (RFC 9457), or a failure on the way to it (`status` 0). */
export class Problem extends VoiceError {
  /** @param {ProblemFields} fields */
  constructor({ title = 'Something went wrong', detail = '', status = 0, type = '', retryAfterMs = 0, final = false, cause }) {
    const advice = BUSY.has(status) || status >= 500 ? 'The server is busy. Try again in a moment.' : undefined;
    super(codeOf(status, type, final), { message: detail ? `${title}: ${detail}` : title, advice, cause });
    this.name = 'Problem';
    this.title = title;
    this.detail = detail;
    this.status = status;
    this.type = type;
    this.retryAfterMs = retryAfterMs;
    this.final = final;
  }
}

/**
 * @param {number} status
 * @param {string} type
 * @param {boolean} final
 * @returns {VoiceErrorCode}
 */
function codeOf(status, type, final) {
  if (isOutdated({ status, type })) return 'token-expired';
  return status || final ? 'refused' : 'unreachable';
}

/**
 * Whether a refusal speaks against the token, and not against its owner.
 * @param {{status?: number, type?: string}} error
 */
export function isOutdated({ status, type }) {
  return OUTDATED.has(type ?? '') || (status === 401 && !type);
}
