// SPDX-License-Identifier: Apache-2.0
// Opens a device: what the browser says against it becomes a VoiceError.

import { VoiceError } from '../protocol/voice_error.js';

const PROCESSED = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
const UNPROCESSED = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const BY_SYSTEM = 'Your system keeps the microphone from the browser. Allow it in the privacy settings of the system, then try again.';

/**
 * A track of a microphone; rejects with a VoiceError.
 * @param {boolean | MediaTrackConstraints} processing
 * @param {ConstrainDOMString} [deviceId] Left out: the default.
 * @returns {Promise<MediaStreamTrack>}
 */
export async function captureMicrophone(processing, deviceId) {
  const { mediaDevices } = navigator;
  if (!mediaDevices?.getUserMedia) throw new VoiceError(globalThis.isSecureContext === false ? 'insecure-page' : 'not-supported');
  const wanted = typeof processing === 'object' ? processing : processing ? PROCESSED : UNPROCESSED;
  try {
    const stream = await mediaDevices.getUserMedia({ audio: { ...wanted, ...(deviceId && { deviceId }) } });
    return stream.getAudioTracks()[0];
  } catch (cause) {
    const error = VoiceError.ofMedia(cause);
    if (error.code === 'permission-denied' && /system/i.test(error.message)) error.advice = BY_SYSTEM; // Chromium says so.
    throw error;
  }
}
