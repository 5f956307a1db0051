// SPDX-License-Identifier: Apache-2.0
// Login, the list of rooms, and for hosts one room with its people, attendance and recordings. The call itself is the page below /voice.

const REFRESH_MS = 2000;
const $ = (id) => document.getElementById(id);
let me = null; // {user, name, role}
let chosen = null; // The room that a host looks at.
const shown = new Map(); // Element -> what it shows.

/** One request to the backend; the browser adds the cookie. Throws an Error in words for people, with the `status`. */
async function ask(method, path, body) {
  const response = await fetch(`/api${path}`, {
    method, headers: body && { 'Content-Type': 'application/json' }, body: body && JSON.stringify(body) });
  const answer = response.status === 204 ? null : await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const words = [answer.title, typeof answer.detail === 'string' && answer.detail].filter(Boolean).join(': ');
  throw Object.assign(new Error(words || `The backend answered ${response.status}`), { status: response.status });
}

const roomPath = (...parts) => `/rooms/${parts.map(encodeURIComponent).join('/')}`;
const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
const button = (text, action) => element('button', { className: 'plain', textContent: text, onclick: () => act(action) });
const time = (text) => (text ? new Date(text).toLocaleTimeString() : '');

/** Fills the element where what it shows has changed: a button that is made anew loses the focus. */
function fill(id, entries, make) {
  const text = JSON.stringify([me, chosen, entries]);
  if (shown.get(id) === text) return;
  shown.set(id, text);
  $(id).replaceChildren(...entries.map(make));
}

/** Does something, and shows what came of it. */
async function act(action) {
  try {
    await action();
    $('problem').textContent = '';
    await refresh();
  } catch (error) {
    if (error.status === 401) return showLogin();
    $('problem').textContent = error.message;
  }
}

function showLogin(problem = '') {
  me = null;
  $('login-problem').textContent = problem;
  $('login').hidden = false;
  $('home').hidden = true;
}

function showHome(user) {
  me = user;
  $('me').textContent = `${me.name}, ${me.role}`;
  $('create-form').hidden = me.role !== 'host';
  $('login').hidden = true;
  $('home').hidden = false;
  act(async () => {});
}

function roomItem(room) {
  const link = element('a', { href: `/voice/#${new URLSearchParams({ room: room.id, name: me.name })}`, target: '_blank', textContent: `Join ${room.id}` });
  const note = element('span', { className: 'quiet grow',
    textContent: [room.topic, `${room.participants} in it`, room.recorded && 'recorded'].filter(Boolean).join(' · ') });
  if (me.role !== 'host') return element('li', {}, link, note);
  return element('li', {}, link, note,
    button(`Manage ${room.id}`, async () => { chosen = room.id; }),
    button(`Delete ${room.id}`, () => ask('DELETE', roomPath(room.id))));
}

async function refresh() {
  const rooms = await ask('GET', '/rooms');
  fill('rooms', rooms, roomItem);
  $('no-rooms').hidden = rooms.length > 0;
  $('room').hidden = chosen === null;
  if (chosen !== null) await showRoom(chosen, rooms.some(({ id }) => id === chosen));
}

/** Attendance and recordings outlive the room. */
async function showRoom(room, isThere) {
  const none = { participants: [], removed: [] };
  const [{ participants, removed }, attendance, recordings] = await Promise.all([
    isThere ? ask('GET', roomPath(room, 'participants')) : none, ask('GET', roomPath(room, 'attendance')), ask('GET', roomPath(room, 'recordings'))]);
  $('room-name').textContent = isThere ? room : `${room} (ended)`;
  fill('people', participants, (person) => personItem(room, person));
  fill('removed', removed, (id) => element('li', {}, element('span', { className: 'grow', textContent: id }),
    button(`Invite ${id} back`, () => ask('POST', roomPath(room, 'participants', id, 'invitation')))));
  fill('visits', attendance.visits, (visit) => element('tr', {},
    ...[visit.name, time(visit.joined_at), time(visit.left_at), visit.reason].map((text) => element('td', { textContent: text }))));
  $('gaps').hidden = attendance.gaps.length === 0;
  $('start-recording').disabled = !isThere;
  fill('recordings', recordings.map(({ duration_ms: _, ...recording }) => recording), (recording) => recordingItem(room, recording));
}

function personItem(room, { id, name, state, muted_by_host: isMuted, muted_by_self: mutesSelf, hears }) {
  const notes = [state, isMuted && 'muted by the host', mutesSelf && 'muted', hears.length > 0 && `hears ${hears.join(', ')}`];
  const path = roomPath(room, 'participants', id);
  return element('li', {}, element('span', { className: 'grow', textContent: `${name}: ${notes.filter(Boolean).join(', ')}` }),
    button(`${isMuted ? 'Unmute' : 'Mute'} ${name}`, () => ask('PATCH', path, { muted: !isMuted })),
    button(`Remove ${name}`, () => ask('DELETE', path)));
}

function recordingItem(room, { id, state, started_at: startedAt, files }) {
  const title = element('span', { className: 'grow', textContent: `${time(startedAt)}, ${state}` });
  if (state === 'recording') return element('li', {}, title, button('Stop', () => ask('POST', roomPath(room, 'recordings', id, 'stop'))));
  const links = files.map(({ name }) => element('a', { href: `/api${roomPath(room, 'recordings', id, 'files', name)}`, textContent: name }));
  return element('li', {}, title, ...links);
}

async function logIn(event) {
  event.preventDefault();
  try {
    const user = await ask('POST', '/login', { user: $('user').value, password: $('password').value });
    $('password').value = '';
    showHome(user);
  } catch (error) {
    showLogin(error.message);
  }
}

async function start() {
  $('login-form').addEventListener('submit', logIn);
  $('log-out').addEventListener('click', () => ask('POST', '/logout').finally(() => showLogin()));
  $('start-recording').addEventListener('click', () => act(() => ask('POST', roomPath(chosen, 'recordings'))));
  $('create-form').addEventListener('submit', (event) => {
    event.preventDefault();
    act(async () => {
      await ask('POST', '/rooms', { id: $('new-room').value });
      $('new-room').value = '';
    });
  });
  setInterval(() => me && !document.hidden && act(async () => {}), REFRESH_MS);
  await ask('GET', '/me').then(showHome, () => showLogin());
}

start();
