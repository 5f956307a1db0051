// SPDX-License-Identifier: Apache-2.0
// Arithmetic of client_bench: values in, values out.

/** A chirp that is heard later than this was another one. */
const LONGEST_MS = 700;
/** A chirp with none before it for this long begins a turn. */
const PAUSE_MS = 2000;
/** A slot is given to a talker about when it begins. */
const SWITCH_MS = { before: 500, after: 1500 };

export function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? null;
}

/** {mean, least, most} */
export function spread(values) {
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, least: Math.min(...values), most: Math.max(...values) };
}

/** The line through points [x, y] with the least squares, as a function. */
export function lineThrough(points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)];
  const slope = mean(([x, y]) => (x - meanX) * (y - meanY)) / mean(([x]) => (x - meanX) ** 2);
  return (x) => meanY + slope * (x - meanX);
}

/** How long each chirp of the microphone took to the ear; `ears`: the times at which chirps were heard, in each slot. null: it was not heard. */
export function latencies(mouthMs, ears) {
  return mouthMs.map((saidMs) => {
    const after = ears.flat().map((heardMs) => heardMs - saidMs).filter((ms) => ms > 0 && ms < LONGEST_MS);
    return after.length > 0 ? Math.min(...after) : null;
  });
}

/** The kind of each chirp: `first` with a switch of slots, `again` at the start of a turn in a slot that was kept, `later` in the turn. */
export function kindsOf(mouthMs, switchesMs) {
  return mouthMs.map((saidMs, i) => {
    if (i > 0 && saidMs - mouthMs[i - 1] < PAUSE_MS) return 'later';
    const isSwitch = switchesMs.some((ms) => ms > saidMs - SWITCH_MS.before && ms < saidMs + SWITCH_MS.after);
    return isSwitch ? 'first' : 'again';
  });
}

/** {heard, said, p50, p95} of latencies in which null is a chirp that was not heard. */
export function summary(values) {
  const heard = values.filter((ms) => ms !== null);
  return { said: values.length, heard: heard.length, p50: percentile(heard, 0.5), p95: percentile(heard, 0.95) };
}
