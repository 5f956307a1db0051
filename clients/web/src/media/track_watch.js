// SPDX-License-Identifier: Apache-2.0
// What the system does to a track: ends it, or mutes it for more than a moment.

const MUTED_MS = 2000; // Some systems mute a track for a moment while they change devices.

export class TrackWatch {
  #listening = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {MediaStreamTrack} track @param {{onEnded: () => void, onMuted: () => void, onUnmuted: () => void}} handlers */
  constructor(track, { onEnded, onMuted, onUnmuted }) {
    const { signal } = this.#listening;
    const muted = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(onMuted, MUTED_MS);
    };
    const unmuted = () => {
      clearTimeout(this.#timer);
      onUnmuted();
    };
    track.addEventListener('ended', onEnded, { signal });
    track.addEventListener('mute', muted, { signal });
    track.addEventListener('unmute', unmuted, { signal });
    if (track.muted) muted();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#listening.abort();
  }
}
