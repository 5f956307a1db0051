// SPDX-License-Identifier: Apache-2.0
// Everything that a page may import from @veche/client.

export { listDevices, onDevicesChanged } from './media/devices.js';
export { Microphone } from './media/microphone.js';
export { Problem, VoiceError } from './protocol/voice_error.js';
export { silencedBy } from './protocol/room.js';
export { SFUVoiceClient } from './sfu_voice_client.js';
