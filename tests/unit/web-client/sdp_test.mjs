// SPDX-License-Identifier: Apache-2.0
// What a voice client changes in session descriptions.

import assert from 'node:assert/strict';
import test from 'node:test';

import { restartFragment, withFragment, withOpusParameters, withRetransmission } from '../../../clients/web/src/protocol/sdp.js';

const lines = (...all) => all.map((line) => `${line}\r\n`).join('');
const OFFER = lines('v=0', 'a=group:BUNDLE 0 1',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=ice-ufrag:new', 'a=ice-pwd:fresh', 'a=mid:0', 'a=rtpmap:111 opus/48000/2', 'a=fmtp:111 minptime=10;useinbandfec=0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=ice-ufrag:new', 'a=ice-pwd:fresh', 'a=mid:1', 'a=rtpmap:111 opus/48000/2');
const ANSWER = lines('v=0', 'a=ice-lite',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:0', 'a=ice-ufrag:s0', 'a=ice-pwd:p0', 'a=candidate:1 1 udp 1 192.0.2.1 4000 typ host', 'a=end-of-candidates',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:1', 'a=ice-ufrag:s0', 'a=ice-pwd:p0');

test('Opus gets FEC and DTX, and keeps the rest', () => {
  const changed = withOpusParameters(OFFER);
  assert.equal(changed.match(/^a=fmtp:111 .*$/gm).join(), 'a=fmtp:111 minptime=10;useinbandfec=1;usedtx=1,a=fmtp:111 useinbandfec=1;usedtx=1');
  assert.equal(withOpusParameters(changed), changed);
});

test('An offer asks for retransmission of voice in each section', () => {
  const feedback = withRetransmission(OFFER).match(/^a=rtcp-fb:.*$/gm);
  assert.deepEqual(feedback, ['a=rtcp-fb:111 nack', 'a=rtcp-fb:111 nack']);
  assert.equal(withRetransmission(OFFER).replaceAll('a=rtcp-fb:111 nack\r\n', ''), OFFER);
});

test('The fragment of an ICE restart has the credentials of the offer and its first section', () => {
  const expected = lines('a=ice-ufrag:new', 'a=ice-pwd:fresh', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:0');
  assert.equal(restartFragment(OFFER), expected);
  const ofSession = OFFER.replaceAll(/a=ice-.*\r\n/g, '').replace('v=0\r\n', lines('v=0', 'a=ice-ufrag:new', 'a=ice-pwd:fresh'));
  assert.equal(restartFragment(ofSession), expected);
});

test('The server\'s fragment takes the place of its credentials and candidates', () => {
  const fragment = lines('a=ice-lite', 'a=group:BUNDLE 0 1', 'm=audio 9 UDP/TLS/RTP/SAVPF 0', 'a=mid:0', 'a=ice-ufrag:s1', 'a=ice-pwd:p1',
    'a=candidate:1 1 udp 1 192.0.2.7 5000 typ host', 'a=candidate:2 1 udp 1 192.0.2.8 5000 typ host', 'a=end-of-candidates');
  assert.equal(withFragment(ANSWER, fragment), ANSWER.replaceAll('s0', 's1').replaceAll('p0', 'p1').replace('192.0.2.1 4000',
    '192.0.2.7 5000 typ host\r\na=candidate:2 1 udp 1 192.0.2.8 5000'));
  const without = fragment.replaceAll(/a=candidate:.*\r\n/g, '');
  assert.equal(withFragment(ANSWER, without), ANSWER.replaceAll('s0', 's1').replaceAll('p0', 'p1'), 'without candidates the old ones stay');
});
