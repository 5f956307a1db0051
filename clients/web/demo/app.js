// SPDX-License-Identifier: Apache-2.0
// The voice page: gets a join token, lets SFUVoiceClient do the work, or VoiceClient where a backend has a mesh too, and gives each part of the page its call.

import { SFUVoiceClient } from '../src/index.js';
import { prepareDialogs } from './dialogs.js';
import { $ } from './dom.js';
import { encryptionFor, offerEncryption } from './encryption.js';
import { Header } from './header.js';
import { Invitations } from './invitations.js';
import { JoinForm } from './join_form.js';
import { Levels } from './levels.js';
import { Moderation } from './moderation.js';
import { Moderator } from './moderator.js';
import { Notices } from './notices.js';
import { PersonCard } from './person_card.js';
import { Preferences } from './preferences.js';
import { Roster } from './roster.js';
import { Settings } from './settings.js';
import { Shortcuts } from './shortcuts.js';
import { Stage } from './stage.js';
import { StatisticsPanel } from './statistics_panel.js';
import { TalkButton } from './talk_button.js';
import { Voice } from './voice.js';

const REASONS = {
  replaced: 'You joined from another place, so this one left.',
  removed: 'You were removed from the room.',
  room_closed: 'The room was closed.',
  bad_fingerprint: 'The connection was refused: it was not protected as announced.',
  policy_violation: 'The server ended the connection.',
};
const DIRECTLY = {
  'sfu-unreachable': 'The voice server does not answer: you talk to each other directly until it returns.',
  'kill-switch': 'You talk to each other directly for now.',
};
const TITLE = 'Veche';
const LOCKED = 'The room is full, or a moderator has locked it. Try again later.';

let call = null;
const invitations = new Invitations();
const preferences = new Preferences();
const notices = new Notices();
const voice = new Voice({ preferences, notices, openSettings: () => settings.open() });
const settings = new Settings({ preferences, voice });
const roster = new Roster({ open: (participant) => card.open(participant) });
const stage = new Stage({ open: (participant) => card.open(participant) });
const card = new PersonCard({ roster });
const talk = new TalkButton();
const views = [
  new Header(), stage, roster, card, talk, settings, new StatisticsPanel(), new Moderator({ roster }),
  new Levels({ items: () => [stage.tiles, roster.rows] }),
  new Shortcuts({ talk, openSettings: () => settings.open() }),
];
const form = new JoinForm({ invitations, preferences, join });
/** What the views share while a call lasts. */
function makeCall({ client, room, server, encryption }) {
  client.addEventListener('state', ({ detail }) => detail.state === 'closed' && encryption?.close());
  const volumes = new Map(); // participant -> 0..1, of those that are not at full volume
  return {
    client, room, voice, preferences, notices, volumes,
    isEncrypted: encryption !== null,
    encryption: new Map(), // participant -> what the event `encryption` said last
    moderation: invitations.key ? new Moderation({ server, room, key: invitations.key }) : null,
    end: new AbortController(),
    setVolume(participant, volume) {
      client.setVolume(participant, volume);
      if (volume < 1) volumes.set(participant, volume);
      else volumes.delete(participant);
    },
    async turnMicrophoneOn() {
      await voice.open().then((microphone) => client.setMicrophone(microphone)).catch((error) => notices.problem(error));
    },
  };
}

/** Where a backend names its signalling, it also says by which transport the room is heard, and the client goes from one to the other. */
async function makeVoiceClient(options) {
  const { VoiceClient } = await import('../src/mesh/index.js');
  const client = new VoiceClient(options);
  client.addEventListener('transport', ({ detail: { transport, reason } }) => {
    notices.hide('transport');
    if (transport === 'mesh' && DIRECTLY[reason]) notices.show('transport', { title: DIRECTLY[reason], isUrgent: false });
  });
  return client;
}

async function makeClient({ name, room, passphrase }) {
  const participant = invitations.participantFor(room, name);
  const first = invitations.token ? null : await invitations.invite(room, participant, name);
  let unused = first;
  const invite = async () => {
    const fresh = unused ?? (await invitations.invite(room, participant, name));
    unused = null;
    return fresh;
  };
  const encryption = await encryptionFor(room, passphrase);
  const options = { room, encryption, slots: preferences.get('slots') };
  const client = first?.signalling
    ? await makeVoiceClient({ ...options, invite })
    : new SFUVoiceClient({ ...options, url: first?.server, participant: first?.participant.id ?? participant, token: invitations.token ?? invite });
  return { client, room, server: first?.server, encryption };
}

function listen({ client, encryption, end: { signal } }) {
  client.addEventListener('encryption', ({ detail }) => encryption.set(detail.participant, detail.state), { signal });
  client.addEventListener('state', ({ detail }) => detail.state === 'closed' && leave(detail), { signal });
  client.addEventListener('problem', ({ detail }) => notices.problem(detail), { signal });
  client.addEventListener('announcement', ({ detail }) => detail.text && notices.show('announcement', {
    title: 'From the host:', advice: String(detail.text), isUrgent: false }), { signal });
  client.addEventListener('autoplayblocked', ({ detail }) => notices.show('autoplay', {
    title: detail.message, action: { label: 'Hear the others', run: () => client.resume() } }), { signal });
  document.addEventListener('pointerup', () => client.resume(), { signal });
}

async function join({ name, room, passphrase, listenOnly }) {
  try {
    const microphone = listenOnly ? null : await voice.open();
    call = makeCall(await makeClient({ name, room, passphrase }));
    listen(call);
    for (const view of views) view.begin(call, call.end.signal);
    await call.client.join(microphone);
    if (call === null) return; // It ended meanwhile.
    document.title = `${room} · ${TITLE}`;
    form.hide();
    $('call').hidden = false;
    $('mute').focus();
  } catch (error) {
    end(error.type === '/problems/exhausted' ? { message: error.message, advice: LOCKED } : error);
  }
}

/** The client says that the call is over; if it never began, `join` says why. */
function leave({ reason, detail, error }) {
  if ($('call').hidden && error) return;
  end(error ?? { message: [REASONS[reason], detail].filter(Boolean).join(' ') });
}

function end(error) {
  call?.end.abort();
  call = null;
  voice.close();
  notices.clear();
  document.title = TITLE;
  $('call').hidden = true;
  form.show(error);
}

prepareDialogs();
offerEncryption();
$('leave').addEventListener('click', () => call.client.leave());
