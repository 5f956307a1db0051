// SPDX-License-Identifier: Apache-2.0
// Which packets a bad network loses: by chance, in runs, or all of them for a while. The same seed loses the same.

/** A generator of numbers from 0 up to 1 (mulberry32). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One in `n`, spread by the golden ratio: a regular loss would always or never hit a periodic packet. 0: none. */
function every({ n }) {
  let packets = 0;
  return () => {
    packets += 1;
    return n > 0 && ((packets * 0.6180339887) % 1) * n < 1;
  };
}

/** Each packet by itself. */
function uniform({ share }, next) {
  return () => next() < share;
}

/** Gilbert and Elliott: with each packet the link may become bad or good again, and it loses other shares while it is bad. */
function gilbertElliott({ becomesBad, becomesGood, whileBad = 1, whileGood = 0 }, next) {
  let isBad = false;
  return () => {
    isBad = next() < (isBad ? 1 - becomesGood : becomesBad);
    return next() < (isBad ? whileBad : whileGood);
  };
}

/** Everything for `ms`, again and again after pauses of random length; in all this `share` of the time. */
function bursts({ ms, share }, next, beginMs) {
  const pauseMs = () => -Math.log(1 - next()) * ms * (1 / share - 1);
  let fromMs = beginMs + pauseMs();
  return (nowMs) => {
    while (nowMs >= fromMs + ms) fromMs += ms + pauseMs();
    return nowMs >= fromMs;
  };
}

const MODELS = { every, uniform, gilbertElliott, bursts };

/** `{model, ...its settings}` becomes a function that is asked about each packet, with the time, and answers whether it is lost. */
export function lossModel({ model, ...settings } = {}, seed = 1, beginMs = 0) {
  if (!model) return () => false;
  return MODELS[model](settings, random(seed), beginMs);
}
