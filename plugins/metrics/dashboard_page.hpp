// SPDX-License-Identifier: Apache-2.0
// The page that draws the history: one document that loads nothing else.
#pragma once

namespace veche::metrics {

/// It holds no data: it asks for an API key with the scope `read`, and fetches with it.
inline constexpr char kDashboardPage[] = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; form-action 'none'; base-uri 'none'">
<title>Veche: the last minutes</title>
<style>
:root { color-scheme: light dark; font: 15px/1.4 system-ui, sans-serif; }
body { margin: 1rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.2rem; margin: 0 0 .5rem; }
form { display: flex; gap: .5rem; align-items: center; flex-wrap: wrap; }
input, button { font: inherit; padding: .3rem .5rem; }
#status { min-height: 1.4em; margin: .5rem 0; }
main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
figure { margin: 0; padding: .6rem .8rem; border: 1px solid #8886; border-radius: .4rem; }
figcaption { display: flex; justify-content: space-between; gap: 1rem; }
figcaption b { font-variant-numeric: tabular-nums; white-space: nowrap; }
svg { display: block; width: 100%; height: 4.5rem; margin: .3rem 0; }
polyline { fill: none; stroke: #2a7de1; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
small { opacity: .7; }
</style>
</head>
<body>
<h1>Veche: the last minutes</h1>
<form id="form">
  <label for="key">API key</label>
  <input id="key" type="password" autocomplete="off" size="40" placeholder="id.secret, with the scope read" required>
  <button>Show</button>
</form>
<p id="status" role="status"></p>
<main id="charts"></main>
<script>
'use strict';
const percent = (value) => `${(100 * value).toFixed(1)} %`;
const milliseconds = (value) => `${value.toFixed(2)} ms`;
const whole = (value) => value.toFixed(0);
const two = (value) => value.toFixed(2);
const CHARTS = [
  ['sessions', 'Connected sessions', whole], ['speakers', 'Speakers', whole], ['rooms', 'Rooms', whole],
  ['packets_in_per_s', 'Packets received, per second', whole], ['packets_out_per_s', 'Packets sent, per second', whole],
  ['dropped_per_s', 'Packets dropped, per second', whole], ['loss_in', 'Loss from clients', percent], ['loss_out', 'Loss to clients', percent],
  ['round_trip_ms', 'Round trip', milliseconds], ['forward_ms', 'Time in the server', milliseconds],
  ['unheard_speech_s', 'Speech that nobody hears, seconds per second', two], ['lane_load', 'Load of the lanes', percent],
  ['fair_listeners', 'Listeners whose network is fair', whole], ['poor_listeners', 'Listeners whose network is poor', whole],
  ['cut_slots', 'Voices cut for a full link', whole],
  ['cpu_cores', 'Processors in use', two], ['resident_mb', 'Memory, MB', whole],
];
const SVG = 'http://www.w3.org/2000/svg';
const byId = (id) => document.getElementById(id);
const charts = new Map();

function makeChart(name, title) {
  const figure = document.createElement('figure');
  figure.id = name;
  const caption = figure.appendChild(document.createElement('figcaption'));
  caption.appendChild(document.createElement('span')).textContent = title;
  const now = caption.appendChild(document.createElement('b'));
  const svg = figure.appendChild(document.createElementNS(SVG, 'svg'));
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  const line = svg.appendChild(document.createElementNS(SVG, 'polyline'));
  const range = figure.appendChild(document.createElement('small'));
  byId('charts').appendChild(figure);
  return { svg, now, line, range };
}

function draw({ svg, now, line, range }, title, values, seconds, format) {
  const most = Math.max(...values, 0);
  const last = values.length === 0 ? 'nothing yet' : format(values[values.length - 1]);
  svg.setAttribute('viewBox', `0 -2 ${Math.max(seconds - 1, 1)} 104`);
  svg.setAttribute('aria-label', `${title}: now ${last}, at most ${format(most)}`);
  const first = seconds - values.length;
  line.setAttribute('points', values.map((value, i) => `${first + i},${most > 0 ? 100 - 100 * value / most : 100}`).join(' '));
  now.textContent = last;
  range.textContent = `at most ${format(most)} in ${values.length} s`;
}

let key = sessionStorage.getItem('veche-key') ?? '';
let timer = 0;

async function update() {
  clearTimeout(timer);
  let text = '';
  try {
    const response = await fetch('history', { headers: { Authorization: `Bearer ${key}` }, cache: 'no-store' });
    if (response.status === 401 || response.status === 403) {
      byId('status').textContent = 'The server does not take this key: it needs the scope read.';
      sessionStorage.removeItem('veche-key');
      return;
    }
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    const { columns, seconds } = await response.json();
    sessionStorage.setItem('veche-key', key);
    for (const [name, title, format] of CHARTS) {
      if (!charts.has(name)) charts.set(name, makeChart(name, title));
      draw(charts.get(name), title, columns[name], seconds, format);
    }
  } catch (error) {
    text = `No answer: ${error.message}. Trying again.`;
  }
  byId('status').textContent = text;
  timer = setTimeout(update, 1000);
}

byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  key = byId('key').value.trim();
  update();
});
if (key !== '') update();
</script>
</body>
</html>
)html";

}  // namespace veche::metrics
