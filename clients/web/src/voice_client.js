// SPDX-License-Identifier: Apache-2.0
// VoiceClient, one participant's place in a room whose transport the backend chooses: an SFU or a mesh. It goes from one to the other without a pause.

import { request } from './call/api.js';
import { watchPage } from './call/page_life.js';
import { Invitations } from './mesh/invitations.js';
import { Lender } from './mesh/loan.js';
import { MeshVoiceClient } from './mesh/mesh_voice_client.js';
import { Signalling } from './mesh/signalling.js';
import { endOf, Switchover } from './mesh/switchover.js';
import { Preferences } from './protocol/preferences.js';
import { RoomState } from './protocol/room.js';
import { stateDetail } from './protocol/state_detail.js';
import { Problem } from './protocol/voice_error.js';
import { RoomView } from './room_view.js';
import { SFUVoiceClient } from './sfu_voice_client.js';

/** @typedef {import('./mesh/types.js').Invitation} Invitation */
/** @typedef {import('./mesh/types.js').VoiceClientEvents} VoiceClientEvents */
/** @typedef {import('./client_types.js').MicrophoneSource} MicrophoneSource */
/** @typedef {import('./client_types.js').CallState} CallState */

const FORWARDED = /** @type {const} */ ([
  'roster', 'slots', 'speakers', 'network', 'notices', 'announcement', 'plugin', 'problem', 'autoplayblocked', 'microphone', 'encryption']);
const SEEN = FORWARDED.slice(0, 5); // What may look different by another transport.

/** @extends {RoomView<VoiceClientEvents>} */
export class VoiceClient extends RoomView {
  /** @type {CallState} */
  state = 'closed';
  #options;
  #view; // What the page sees: that of the present transport.
  /** @type {import('./mesh/switchover.js').Clients | null} */
  #clients = null;
  /** @type {Switchover | null} */
  #switchover = null;
  /** @type {Signalling | null} */
  #signalling = null;
  #lender = new Lender();
  #invitations;
  #isMuted = false;
  #output = '';
  /** @type {Map<string, number>} */
  #volumes = new Map();
  /** @type {{resolve: () => void, reject: (error: any) => void} | null} */
  #joining = null;
  #unwatch = () => {};

  /** @param {import('./mesh/types.js').VoiceClientOptions} options */
  constructor({ room, backend = globalThis.location?.origin, invite, slots, iceServers, encryption = null, random = Math.random }) {
    const view = { client: /** @type {any} */ (new RoomView(new RoomState(), new Preferences())) };
    // Both clients are such views, and this one is a view of them.
    const present = /** @type {any} */ (new Proxy({}, { get: (_, name) => view.client[name] }));
    super(present, present);
    this.#view = view;
    const path = new URL(`/api/rooms/${encodeURIComponent(room)}/join`, backend);
    const ask = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"transports":["sfu","mesh"]}' };
    this.#options = { room, backend, slots, iceServers, encryption, random };
    this.#invitations = new Invitations(invite ?? (async () => JSON.parse((await request(path, ask)).body)));
  }

  /** What this page is heard by, 'sfu' or 'mesh'; null: nothing yet. */
  get transport() {
    return this.#switchover?.transport ?? null;
  }

  /**
   * Resolves when the room's transport works. Rejects with a VoiceError, a Problem if the backend refuses. During a call it is `setMicrophone`.
   * @param {MicrophoneSource} [microphone] null: only to listen
   * @returns {Promise<void>}
   */
  async join(microphone = null) {
    if (this.state !== 'closed') return this.setMicrophone(microphone);
    this.#lender.use(microphone);
    this.#setState('connecting');
    const [leave, hurry] = [() => this.leave(), () => this.#signalling?.hurry()];
    this.#unwatch = watchPage({ onClose: leave, onAside: leave, onShown: () => {}, onReturn: hurry, onSeen: hurry });
    const joined = /** @type {Promise<void>} */ (new Promise((resolve, reject) => (this.#joining = { resolve, reject })));
    this.#open();
    return joined;
  }

  /** Ends the call. The microphone is closed, too. @param {{keepMicrophone?: boolean}} [options] */
  leave({ keepMicrophone = false } = {}) {
    this.#close('left', { keepMicrophone });
  }

  /** Mutes here at once, and tells the others. What the host has muted stays silent. @param {boolean} muted */
  async setMuted(muted) {
    this.#isMuted = muted;
    await this.#each((client) => client.setMuted(muted));
    this.#lender.open(this.isOpen);
  }

  /** By this participant itself; the host may have muted it too: see silencedBy. */
  get muted() {
    return this.#isMuted;
  }

  /** Sends another microphone from now on. The former one stays open: it is the caller's. @param {MicrophoneSource} microphone */
  async setMicrophone(microphone) {
    if (this.state === 'closed') return;
    this.#lender.use(microphone);
    await this.#each((client) => client.setMicrophone(client.state === 'closed' ? null : this.#lender.lend()));
  }

  /** How many people can be heard at once by the SFU. @param {number} count */
  async setSlots(count) {
    await this.#each((client) => client.setSlots(count));
  }

  /** @param {string} participant @param {number} volume 0..1 */
  setVolume(participant, volume) {
    this.#volumes.set(participant, volume);
    this.#switchover?.setVolume(participant, volume);
  }

  /** @param {string} deviceId '': the default @returns {Promise<boolean>} False: this browser cannot choose, or has no such output. */
  async setOutput(deviceId) {
    this.#output = deviceId;
    return (await this.#each((client) => client.setOutput(deviceId))).every(Boolean);
  }

  /** Whom this participant always hears, if there is an SFU; replaces the list. @param {string[]} participants */
  async pin(participants) {
    await this.#each((client) => client.pin(participants));
  }

  /** Whom this participant never hears; replaces the list. @param {string[]} participants */
  async block(participants) {
    await this.#each((client) => client.block(participants));
  }

  /** False in a mesh, which has no plugins. @param {string} name @param {object} data @returns {Promise<boolean>} */
  async tellPlugin(name, data) {
    return this.#present?.tellPlugin(name, data) ?? false;
  }

  /** A page of all that are in the room. @param {string} [text] @param {string} [cursor] */
  async search(text = '', cursor = '') {
    return this.#present?.search(text, cursor) ?? { people: [], next: null };
  }

  /** Starts the players; needs a user's gesture where the browser blocks autoplay. */
  async resume() {
    await this.#each((client) => client.resume());
  }

  /** The participants heard right now and their level (0..1). @returns {Map<string, number>} */
  levels() {
    return this.#present?.levels() ?? new Map();
  }

  /** Rates since the last call. */
  async stats() {
    return this.#present?.stats();
  }

  /** Injects a failure of the SFU's client. @param {import('./call/simulate.js').Failure} what @param {{ms?: number}} [options] */
  async simulate(what, options) {
    return this.#clients?.sfu.simulate(what, options);
  }

  /** @internal */
  applyTalk() {
    this.#each((client) => this.#tellTalk(client));
    this.#lender.open(this.isOpen);
  }

  /** @param {SFUVoiceClient | MeshVoiceClient} client */
  #tellTalk(client) {
    client.pushToTalk = this.pushToTalk;
    client.setTalking(this.isTalking);
  }

  get #present() {
    return this.transport && this.#clients?.[this.transport];
  }

  /** @template Result @param {(client: SFUVoiceClient | MeshVoiceClient) => Result} action */
  #each(action) {
    return Promise.all(this.#clients ? [action(this.#clients.sfu), action(this.#clients.mesh)] : []);
  }

  /** @template {keyof VoiceClientEvents} Name @param {Name} type @param {VoiceClientEvents[Name]} [detail] */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {CallState} state @param {Partial<import('./client_types.js').StateDetail>} [more] */
  #setState(state, more) {
    if (state === 'connected' && this.state === state) return;
    this.state = state;
    this.#emit('state', stateDetail(state, more));
  }

  async #open() {
    const joining = this.#joining;
    const invitation = await this.#invitations.first().catch((error) => {
      if (this.#joining === joining) this.#close(endOf(error) ?? 'refused', { error });
    });
    if (!invitation || this.#joining !== joining) return;
    const { backend, random } = this.#options;
    const url = String(new URL(invitation.signalling, backend));
    const signalling = new Signalling({
      url, random, onMessage: (message) => this.#receive(message), onEnd: (reason, detail) => this.#signallingEnded(reason, detail) });
    this.#signalling = signalling;
    const clients = this.#makeClients(invitation, url, signalling);
    this.#clients = clients;
    this.#switchover = new Switchover({
      clients,
      lend: () => this.#lender.lend(),
      tell: (type, data) => signalling.send(type, data),
      onReady: (change) => this.#ready(change),
      onTrouble: (detail) => this.#setState('reconnecting', detail),
      onProblem: (error) => this.#emit('problem', error),
      onEnd: (reason, more) => this.#close(reason, more),
    });
    for (const [participant, volume] of this.#volumes) this.#switchover.setVolume(participant, volume);
  }

  /** @param {Invitation} invitation @param {string} url @param {Signalling} signalling */
  #makeClients({ server, participant: { id: participant }, ice_servers: invited = [] }, url, signalling) {
    const { room, slots, iceServers, encryption, random } = this.#options;
    const token = async () => {
      const given = await this.#invitations.token();
      clients.mesh.iceServers = iceServers ?? given.ice_servers ?? []; // Credentials of TURN servers expire.
      return given;
    };
    const clients = {
      sfu: new SFUVoiceClient({ url: server, room, participant, slots, iceServers, encryption, random, token }),
      mesh: new MeshVoiceClient({ url, participant, iceServers: iceServers ?? invited, encryption, random, signalling }),
    };
    for (const client of Object.values(clients)) {
      for (const type of FORWARDED) client.addEventListener(type, ({ detail }) => client === this.#present && this.#forward(type, detail));
      client.setMuted(this.#isMuted);
      this.#tellTalk(client);
      if (this.#output) client.setOutput(this.#output);
    }
    return clients;
  }

  /** @param {keyof VoiceClientEvents} type @param {any} [detail] */
  #forward(type, detail) {
    if (type === 'roster') this.#lender.open(this.isOpen);
    this.#emit(type, detail);
  }

  /** @param {import('./mesh/signalling.js').SignallingMessage} message */
  #receive(message) {
    const { type, data } = message;
    this.#clients?.mesh.receive(message);
    if (data.transport?.transport === 'mesh') this.#invitations.forget(); // It will be old when the room goes to the SFU.
    if (type === 'snapshot') this.#switchover?.follow(data.transport);
    else if (type === 'transport') this.#switchover?.follow(data);
    else if (type === 'settled') this.#switchover?.settle(data.number);
    else if (type === 'alone') this.#switchover?.beAlone();
  }

  /** @param {import('./mesh/types.js').TransportDetail | null} change null: the same transport works again */
  #ready(change) {
    if (change) {
      this.#view.client = this.#present;
      this.#emit('transport', change);
      for (const what of SEEN) this.#forward(what, what === 'network' ? this.network : undefined);
    }
    this.#setState('connected');
    this.#joining?.resolve();
    this.#joining = null;
  }

  /** @param {string} reason @param {string} detail */
  async #signallingEnded(reason, detail) {
    if (reason !== 'unreachable') return this.#close(reason, { detail });
    // A WebSocket does not say why it is refused; a request does.
    const error = await this.#invitations.first().then(() => new Problem({ title: 'The backend cannot be reached' }), (cause) => cause);
    return this.#close(endOf(error) ?? 'refused', { error });
  }

  /** @param {string} reason @param {{detail?: string, error?: any, keepMicrophone?: boolean}} [more] */
  #close(reason, { keepMicrophone = false, detail = '', error = null } = {}) {
    if (this.state === 'closed') return;
    this.#unwatch();
    this.#switchover?.stop();
    this.#signalling?.close();
    this.#lender.release({ close: !keepMicrophone });
    this.#signalling = this.#switchover = this.#clients = null;
    const joining = this.#joining;
    this.#joining = null;
    this.#setState('closed', { reason, detail, error });
    if (reason === 'left') joining?.resolve();
    else joining?.reject(error ?? new Problem({ title: detail || reason, final: true }));
  }
}
