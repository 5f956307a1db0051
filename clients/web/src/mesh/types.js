// SPDX-License-Identifier: Apache-2.0
// Types of what VoiceClient and MeshVoiceClient take and tell. There is nothing here at run time.

/** @typedef {import('./handover.js').Transport} Transport */
/** @typedef {import('../client_types.js').SFUVoiceClientEvents & {transport: TransportDetail}} VoiceClientEvents */

/**
 * @typedef {object} TransportDetail
 * @property {Transport} transport
 * @property {string} reason The backend's word: `percentage`, `flag`, `allow-list`, `kill-switch`, `size`, `sfu-unreachable`, `sfu-returned`.
 * @property {number} gapMs How long nobody was heard meanwhile.
 */

/**
 * What the backend answers to a page that wants to join.
 * @typedef {object} Invitation
 * @property {string} server The URL of the SFU.
 * @property {{id: string}} participant
 * @property {string | null} token null: the room uses the mesh.
 * @property {RTCIceServer[]} [ice_servers]
 * @property {string} signalling The path of the signalling.
 */

/**
 * @typedef {object} VoiceClientOptions
 * @property {string} room
 * @property {string} [backend] Its URL; without it the page's own origin.
 * @property {() => Promise<Invitation>} [invite] Asks the backend to join, for each attempt; without it by `POST /api/rooms/{room}/join`.
 * @property {number | 'auto'} [slots]
 * @property {RTCIceServer[]} [iceServers] Without them the invitation names them.
 * @property {import('../call/peer.js').Encryption | null} [encryption]
 * @property {() => number} [random]
 */

/**
 * @typedef {object} MeshVoiceClientOptions
 * @property {string} url Of the backend's signalling: `/api/rooms/{room}/mesh`.
 * @property {string} participant
 * @property {RTCIceServer[]} [iceServers]
 * @property {import('../call/peer.js').Encryption | null} [encryption] Besides DTLS, which encrypts from page to page anyway.
 * @property {import('./signalling.js').Signalling} [signalling] One that is shared: its owner hands over what it receives.
 * @property {() => number} [random]
 */

export {};
