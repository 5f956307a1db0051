// SPDX-License-Identifier: Apache-2.0
// Reads of an Opus packet how it was made, and whether it repeats the packet before it (in-band FEC), without decoding it.

const MODES = [[12, 'silk', [10, 20, 40, 60]], [16, 'hybrid', [10, 20]], [32, 'celt', [2.5, 5, 10, 20]]];

/** RFC 6716 table 2. */
function configuration(toc) {
  const number = toc >> 3;
  const [, mode, frameMs] = MODES.find(([end]) => number < end);
  return { mode, frameMs: frameMs[number % frameMs.length], channels: toc & 4 ? 2 : 1 };
}

/** RFC 6716 section 3.2.1: {length, bytes} of a length of one or two bytes; null: it is cut off. */
function lengthAt(packet, at) {
  if (at >= packet.length) return null;
  if (packet[at] < 252) return { length: packet[at], bytes: 1 };
  return at + 1 < packet.length ? { length: packet[at] + 4 * packet[at + 1], bytes: 2 } : null;
}

/** RFC 6716 section 3.2: {frames, at}: how many frames there are and where the first begins, -1 if it is empty; null: the packet is not valid. */
function layout(packet) {
  const code = packet[0] & 3;
  if (code === 0) return { frames: 1, at: packet.length > 1 ? 1 : -1 };
  if (code === 1) return packet.length % 2 === 1 ? { frames: 2, at: packet.length > 1 ? 1 : -1 } : null;
  if (code === 2) {
    const first = lengthAt(packet, 1);
    return first && { frames: 2, at: first.length > 0 ? 1 + first.bytes : -1 };
  }
  if (packet.length < 2 || (packet[1] & 63) === 0) return null;
  return manyFrames(packet);
}

/** RFC 6716 section 3.2.5: padding of any length, and a length for each frame but the last, or none. */
function manyFrames(packet) {
  const frames = packet[1] & 63;
  let at = 2;
  let padding = 0;
  if (packet[1] & 64) {
    while (packet[at] === 255) {
      padding += 254;
      at += 1;
    }
    padding += packet[at] ?? packet.length;
    at += 1;
  }
  let first = null;
  if (packet[1] & 128) {
    for (let i = 0; i + 1 < frames; i += 1) {
      const each = lengthAt(packet, at);
      if (!each) return null;
      first ??= each.length;
      at += each.bytes;
    }
  }
  const data = packet.length - padding - at;
  if (data < 0) return null;
  return { frames, at: (first ?? Math.floor(data / frames)) > 0 && data > 0 ? at : -1 };
}

/**
 * {mode, frameMs, channels, frames, fec}; null: it is no Opus packet. `fec`: the first frame has LBRR frames. The SILK layer begins with one bit
 * of voice activity for each of its 20 ms, then that flag, for each channel (RFC 6716 sections 4.2.3 and 4.2.4): they can be read as they are.
 */
export function readOpusPacket(packet) {
  if (packet.length === 0) return null;
  const made = configuration(packet[0]);
  const found = layout(packet);
  if (!found || found.frames * made.frameMs > 120) return null;
  const fec = made.mode !== 'celt' && found.at >= 0 && found.at < packet.length && repeats(packet[found.at], made);
  return { ...made, frames: found.frames, fec };
}

function repeats(header, { frameMs, channels }) {
  const silkFrames = Math.max(1, frameMs / 20);
  const flag = (channel) => ((header >> (7 - silkFrames - channel * (silkFrames + 1))) & 1) === 1;
  return flag(0) || (channels === 2 && flag(1));
}
