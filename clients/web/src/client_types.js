// SPDX-License-Identifier: Apache-2.0
// Types of what a client takes and tells. There is nothing here at run time.

/** @typedef {'closed' | 'connecting' | 'connected' | 'reconnecting'} CallState */
/** @typedef {MediaStream | import('./call/feed.js').MicrophoneLike | null} MicrophoneSource null: only to listen. */

/**
 * @typedef {object} StateDetail
 * @property {CallState} state
 * @property {string} reason Why it is closed or reconnecting: the server's word, or what happened to the connection; '' where there is nothing to say.
 * @property {string} detail After `removed`: the backend's own words.
 * @property {number} attempt Of reconnecting: 1, 2, ...
 * @property {number} retryMs Of reconnecting: when the attempt begins; 0: now.
 * @property {any} error A VoiceError, or null.
 */

/**
 * @typedef {object} SFUVoiceClientEvents
 * @property {StateDetail} state
 * @property {undefined} roster Joined, left, hidden or changed; also mutes, pins, blocks.
 * @property {undefined} slots
 * @property {undefined} speakers
 * @property {{quality: string, reason: string}} network
 * @property {undefined} notices What the server's plugins say of the room.
 * @property {any} announcement A message of the backend, an object.
 * @property {{name: string, data: any}} plugin A message of a plugin to this participant.
 * @property {import('./protocol/voice_error.js').VoiceError} problem
 * @property {import('./protocol/voice_error.js').VoiceError} autoplayblocked Call `resume` from a user's gesture.
 * @property {{state: string, reason: string}} microphone
 * @property {{participant: string, state: string}} encryption
 */

/**
 * @typedef {object} SFUVoiceClientOptions
 * @property {string} [url] Of the server; without it the page's own origin.
 * @property {string} room
 * @property {string} participant
 * @property {import('./call/invitations.js').TokenSource} token A join token, or a function that returns a fresh one for each attempt: a string, or an
 *   invitation, `{token, ice_servers}`. An error of that function ends the call if it has `final: true` or a `status` of 4xx; otherwise the client asks again.
 * @property {number | 'auto'} [slots] How many people can be heard at once; 'auto': as many as suits the device.
 * @property {import('./call/invitations.js').IceServerSource} [iceServers] Without them the invitation names them, or the server.
 * @property {import('./call/peer.js').Encryption | null} [encryption]
 * @property {() => number} [random]
 */

export {};
