// SPDX-License-Identifier: Apache-2.0
// The voice page: gets a join token, lets SFUVoiceClient do the work, and shows the room.

import { request } from './api.js';
import { MorePeople } from './more_people.js';
import { SFUVoiceClient, silencedBy } from './sfu-voice-client.js';

/**
 * DEVELOPMENT ONLY: the key of examples/config/dev.json, which the server accepts on loopback alone. Elsewhere a backend
 * invites people and hands them #room=...&participant=...&token=... (README.md).
 */
const DEVELOPMENT_KEY = 'dev.devsecret';
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
/** Where a backend that serves this page gives out invitations: a path with `{room}`. Empty: the link or the key has to do. */
const INVITATIONS = document.querySelector('meta[name="veche-invitations"]').content;
const LEVELS_MS = 100;
const STATISTICS_MS = 1000;
const REASONS = {
  replaced: 'You joined from another place, so this one left.',
  removed: 'You were removed from the room.',
  room_closed: 'The room was closed.',
  bad_fingerprint: 'The connection was refused: it was not protected as announced.',
  policy_violation: 'The server ended the connection.',
};
const SILENCED = { permission: 'May only listen', backend: 'Muted by the host', self: 'Muted' };

const $ = (id) => document.getElementById(id);
const link = new URLSearchParams(location.hash.slice(1));
const tiles = new Map(); // participant -> list item
let client = null;
let microphone = null;
const more = new MorePeople({
  search: (text, cursor) => client.search(text, cursor),
  make: makeTile,
  fill: (tile, entry) => fillTile(tile, client.roster.get(entry.participant) ?? entry),
  report: (problem) => notify(problem.message),
});

/** A new invitation for `participant`: from the backend, which knows the person, or with the link's or the development key. */
async function invite(room, participant, name) {
  if (INVITATIONS) {
    const { body } = await request(INVITATIONS.replace('{room}', encodeURIComponent(room)), { method: 'POST' });
    return JSON.parse(body);
  }
  const key = link.get('key') ?? (LOOPBACK.includes(location.hostname) ? DEVELOPMENT_KEY : null);
  if (!key) throw new Error('To join this room you need an invitation link.');
  const url = `/v1/rooms/${encodeURIComponent(room)}/participants`;
  const headers = { 'Content-Type': 'application/json' };
  const { body } = await request(url, { method: 'POST', headers, body: JSON.stringify({ id: participant, name }) }, key);
  return JSON.parse(body);
}

/** A reloaded page is the same participant; a new or duplicated tab is another one. */
function participantFor(room, name) {
  if (link.has('participant')) return link.get('participant');
  const stored = JSON.parse(sessionStorage.getItem('veche') ?? 'null');
  const [navigation] = performance.getEntriesByType('navigation');
  if (stored?.room === room && stored.name === name && navigation?.type === 'reload') return stored.participant;
  const base = name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '').slice(0, 40);
  const random = Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, '0'));
  const participant = `${base || 'guest'}-${random.join('')}`;
  sessionStorage.setItem('veche', JSON.stringify({ room, name, participant }));
  return participant;
}

async function openMicrophone() {
  try {
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    return { stream, meter: meter(stream) };
  } catch (error) {
    if (error.name === 'NotAllowedError') throw new Error('Please allow this page to use the microphone, then join again.');
    if (error.name === 'NotFoundError') throw new Error('No microphone was found. You can still join and listen.');
    throw new Error(`The microphone cannot be used: ${error.message}`);
  }
}

async function join({ name, room, listenOnly }) {
  const participant = participantFor(room, name);
  microphone = listenOnly ? null : await openMicrophone(); // {stream, meter}
  const first = link.has('token') ? null : await invite(room, participant, name);
  let unused = first;
  const invitation = async () => {
    const fresh = unused ?? (await invite(room, participant, name));
    unused = null;
    return fresh;
  };
  client = new SFUVoiceClient({
    url: first?.server, room, participant: first?.participant.id ?? participant, token: link.get('token') ?? invitation });
  client.addEventListener('state', ({ detail }) => showState(detail));
  client.addEventListener('roster', showRoster);
  client.addEventListener('speakers', showSpeakers);
  client.addEventListener('notices', showRecording);
  client.addEventListener('problem', ({ detail }) => notify(detail.message));
  client.addEventListener('autoplayblocked', () => notify('Tap here to hear the others.'));
  await client.join(microphone?.stream);
  $('room-title').textContent = room;
  document.title = `${room} · Veche`;
  showMute();
  showPage('call');
  $(listenOnly ? 'leave' : 'mute').focus();
}

function leave(message = '') {
  for (const track of microphone?.stream.getTracks() ?? []) track.stop();
  microphone?.meter.close();
  client = null;
  microphone = null;
  for (const tile of tiles.values()) tile.remove();
  tiles.clear();
  more.show(0);
  showRecording();
  $('join-problem').textContent = message;
  notify('');
  showPage('join');
}

function showPage(page) {
  $('join').hidden = page !== 'join';
  $('call').hidden = page !== 'call';
}

function notify(text) {
  $('notice').hidden = !text;
  $('notice').firstElementChild.textContent = text;
}

function showState({ state, reason, detail }) {
  const words = { connecting: 'Connecting…', connected: 'Connected', reconnecting: 'Reconnecting…', closed: '' };
  $('state').textContent = words[state];
  $('state').dataset.state = state;
  $('state').title = reason ?? '';
  if (state === 'closed' && reason !== 'refused') leave([REASONS[reason], detail].filter(Boolean).join(' '));
  else if (state === 'closed' && !$('call').hidden) leave('The server did not let you back in.');
}

function makeTile(participant) {
  const tile = $('person').content.firstElementChild.cloneNode(true);
  tile.dataset.participant = participant;
  const hue = [...participant].reduce((hash, letter) => (hash * 31 + letter.codePointAt(0)) % 360, 7);
  tile.querySelector('.avatar').style.setProperty('--hue', hue);
  for (const button of tile.querySelectorAll('button')) {
    button.addEventListener('click', () => toggle(button.dataset.command, participant));
  }
  return tile;
}

function toggle(command, participant) {
  const list = command === 'pin' ? client.pinned : client.blocked;
  const others = list.filter((other) => other !== participant);
  client[command](others.length === list.length ? [...list, participant] : others);
}

const nameOf = (participant) => client.roster.get(participant)?.name || participant;

function fillTile(tile, entry) {
  const isSelf = entry.participant === client.self?.participant;
  const name = entry.name || entry.participant;
  const silenced = isSelf ? client.silencedBy : silencedBy(entry);
  const pressed = { pin: client.pinned.includes(entry.participant), block: client.blocked.includes(entry.participant) };
  const notes = [isSelf && 'You', SILENCED[silenced], pressed.pin && 'Pinned', pressed.block && 'Silenced by you', !entry.connected && 'Connecting…'];
  tile.classList.toggle('away', !entry.connected);
  tile.querySelector('.avatar').textContent = name.split(/\s+/, 2).map((word) => [...word][0]).join('').toUpperCase();
  tile.querySelector('.name').textContent = name;
  tile.querySelector('.name').title = name;
  tile.querySelector('.note').textContent = notes.filter(Boolean).join(' · ');
  tile.querySelector('.actions').hidden = isSelf;
  for (const button of tile.querySelectorAll('button')) {
    const { command } = button.dataset;
    const label = command === 'pin' ? `Always hear ${name}` : `Never hear ${name}`;
    button.setAttribute('aria-pressed', pressed[command]);
    button.setAttribute('aria-label', label);
    button.title = label;
  }
}

function showRoster() {
  const selfFirst = (entry) => (entry.participant === client.self?.participant ? 0 : 1);
  const entries = [...client.roster.values()].sort((a, b) =>
    selfFirst(a) - selfFirst(b) || nameOf(a.participant).localeCompare(nameOf(b.participant)));
  for (const [participant, tile] of tiles) {
    if (client.roster.has(participant)) continue;
    tile.remove();
    tiles.delete(participant);
  }
  entries.forEach((entry, index) => {
    if (!tiles.has(entry.participant)) tiles.set(entry.participant, makeTile(entry.participant));
    const tile = tiles.get(entry.participant);
    fillTile(tile, entry);
    const place = $('roster').children[index];
    if (place !== tile) $('roster').insertBefore(tile, place ?? null); // Moving a tile would take its focus away.
  });
  const count = client.participants;
  $('people').textContent = count === 1 ? '1 person' : `${count} people`;
  more.show(count - entries.length);
  showMute();
  showSpeakers();
}

function showSpeakers() {
  const names = [...client.speaking].map(nameOf);
  $('speaking').textContent = names.length ? `Speaking: ${names.join(', ')}` : '';
  $('alone').hidden = client.participants !== 1;
  for (const [participant, tile] of tiles) tile.classList.toggle('dominant', participant === client.dominant);
}

function showRecording() {
  const active = client?.notices.get('recording')?.active === true;
  $('recording').hidden = !active;
  $('recording').textContent = active ? 'Recording' : '';
}

function showMute() {
  const silenced = client.silencedBy;
  const words = { permission: 'You may only listen', self: 'Unmute',
    backend: client.muted ? 'Muted by you and the host' : 'Muted by the host' };
  $('mute').disabled = !microphone || silenced === 'permission';
  $('mute').setAttribute('aria-pressed', silenced !== '');
  $('mute').querySelector('use').setAttribute('href', silenced ? '#icon-muted' : '#icon-microphone');
  $('mute').querySelector('span').textContent = microphone ? words[silenced] ?? 'Mute' : 'Listening';
}

/** The level of a microphone (0..1), as a function. */
function meter(stream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  const samples = new Float32Array(analyser.fftSize);
  context.createMediaStreamSource(stream).connect(analyser);
  const read = () => {
    analyser.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
  };
  return { read, close: () => context.close() };
}

/** The rings: from the packets that are heard now, and from the server's selection. */
function showLevels() {
  if (!client || document.hidden) return;
  const levels = client.levels();
  if (microphone && client.self) levels.set(client.self.participant, microphone.meter.read());
  for (const [participant, tile] of tiles) {
    const level = levels.get(participant) ?? 0;
    const isSpeaking = level > 0.01 || client.speaking.has(participant);
    tile.classList.toggle('speaking-now', isSpeaking);
    tile.querySelector('.avatar').style.setProperty('--level', Math.min(1, Math.sqrt(level) * 1.6).toFixed(2));
  }
}

async function showStatistics() {
  if (!client || $('statistics').hidden) return;
  const stats = await client.stats();
  const rows = {
    'Round trip': stats.roundTripMs === null ? '–' : `${stats.roundTripMs.toFixed(0)} ms`,
    'Packets lost': `${stats.lossPercent.toFixed(1)} %`,
    Jitter: `${stats.jitterMs.toFixed(0)} ms`,
    'Speech concealed': `${stats.concealedPercent.toFixed(1)} %`,
    Sending: `${(stats.upBps / 1000).toFixed(0)} kbit/s`,
    Receiving: `${(stats.downBps / 1000).toFixed(0)} kbit/s`,
    'Active slots': stats.activeSlots,
    Negotiations: stats.negotiations,
    Sessions: stats.sessions,
  };
  $('statistics-list').replaceChildren(...Object.entries(rows).flatMap(([label, value]) => [
    Object.assign(document.createElement('dt'), { textContent: label }),
    Object.assign(document.createElement('dd'), { textContent: value }),
  ]));
}

async function submit(event) {
  event.preventDefault();
  const listenOnly = event.submitter?.value === 'listen';
  const [name, room] = [$('name').value.trim(), $('room').value.trim()];
  const buttons = event.target.querySelectorAll('button');
  for (const button of buttons) button.disabled = true;
  $('join-problem').textContent = '';
  try {
    localStorage.setItem('veche-name', name);
    await join({ name, room, listenOnly });
  } catch (error) {
    leave(error.message);
  }
  for (const button of buttons) button.disabled = false;
}

function start() {
  $('name').value = link.get('name') ?? localStorage.getItem('veche-name') ?? '';
  $('room').value = link.get('room') ?? 'lobby';
  $('room').readOnly = link.has('token');
  $('join-form').addEventListener('submit', submit);
  $('mute').addEventListener('click', () => client.setMuted(!client.muted));
  $('leave').addEventListener('click', () => client.leave());
  $('notice').addEventListener('click', () => notify(''));
  $('show-statistics').addEventListener('click', () => {
    $('statistics').hidden = !$('statistics').hidden;
    $('show-statistics').setAttribute('aria-expanded', !$('statistics').hidden);
    showStatistics();
  });
  document.addEventListener('keydown', (event) => {
    if (event.code !== 'Space' || event.repeat || !client || event.target.closest('button, input')) return;
    event.preventDefault();
    if (!$('mute').disabled) client.setMuted(!client.muted);
  });
  document.addEventListener('pointerup', () => client?.resume());
  setInterval(showLevels, LEVELS_MS);
  setInterval(showStatistics, STATISTICS_MS);
}

start();
