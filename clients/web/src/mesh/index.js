// SPDX-License-Identifier: Apache-2.0
// Everything that a page may import from @veche/client/mesh.

export { VoiceClient } from '../voice_client.js';
export { MeshVoiceClient } from './mesh_voice_client.js';
