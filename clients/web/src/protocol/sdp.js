// SPDX-License-Identifier: Apache-2.0
// What a client changes in session descriptions: Opus parameters, retransmission, and the credentials of an ICE restart.

/** @type {Record<string, number>} */
const OPUS_PARAMETERS = { useinbandfec: 1, usedtx: 1 };
const CREDENTIALS = /^a=ice-(?:ufrag|pwd):.*\r?\n/gm;
const CANDIDATES = /(?:^a=candidate:.*\r?\n)+/m;

/**
 * Adds Opus parameters to a description. In an answer they tell this browser's encoder what to do (RFC 7587).
 * @param {string} sdp
 * @param {Record<string, number>} [wanted]
 */
export function withOpusParameters(sdp, wanted = OPUS_PARAMETERS) {
  const sections = sdp.split(/^(?=m=)/m).map((section) => {
    const payloadType = section.match(/^a=rtpmap:(\d+) opus\//im)?.[1];
    if (!payloadType) return section;
    const fmtp = new RegExp(`^a=fmtp:${payloadType} (.*)\r\n`, 'm');
    const offered = (section.match(fmtp)?.[1] ?? '').split(';').map((parameter) => parameter.trim());
    const kept = offered.filter((parameter) => parameter && !(parameter.split('=')[0] in wanted));
    const added = Object.entries(wanted).map(([name, value]) => `${name}=${value}`);
    const line = `a=fmtp:${payloadType} ${[...kept, ...added].join(';')}\r\n`;
    return section.replace(fmtp, '').replace(/^a=rtpmap:\d+ opus\/.*\r\n/im, (rtpmap) => rtpmap + line);
  });
  return sections.join('');
}

/**
 * An offer that asks for retransmission of voice (NACK, RFC 4585), which browsers do not do by themselves.
 * @param {string} offer
 */
export function withRetransmission(offer) {
  return offer.replace(/^a=rtpmap:(\d+) opus\/.*\r\n/gim, (rtpmap, payloadType) => `${rtpmap}a=rtcp-fb:${payloadType} nack\r\n`);
}

/**
 * The fragment (RFC 8840) that asks for an ICE restart with the credentials of this offer.
 * @param {string} offer
 */
export function restartFragment(offer) {
  const [, section = ''] = offer.split(/^(?=m=)/m);
  const credentials = section.match(CREDENTIALS) ?? offer.match(CREDENTIALS)?.slice(0, 2) ?? [];
  const place = section.match(/^(?:m=|a=mid:).*\r?\n/gm) ?? [];
  return [...credentials, ...place].join('');
}

/**
 * An answer with the credentials and candidates of the server's fragment in place of its own.
 * @param {string} answer
 * @param {string} fragment
 */
export function withFragment(answer, fragment) {
  const credentials = fragment.match(CREDENTIALS) ?? [];
  const [candidates] = fragment.match(CANDIDATES) ?? [];
  const renewed = answer.replace(CREDENTIALS, (line) => credentials.find((fresh) => fresh.slice(0, 10) === line.slice(0, 10)) ?? line);
  return candidates ? renewed.replace(new RegExp(CANDIDATES, 'gm'), () => candidates) : renewed;
}
