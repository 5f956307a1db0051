// SPDX-License-Identifier: Apache-2.0
// The CPU of each scenario of client_bench as bars, in SVG.

import { extrapolated } from './report.mjs';
import { PARTS } from './processes.mjs';

const COLORS = { renderer: '#2b7bd9', audio: '#d9662b', network: '#3a9a5b', other: '#999' };
const NAMES = { renderer: 'renderer', audio: 'audio service', network: 'network service', other: 'the others' };
const WIDTH = 860;
const LEFT = 330;
const RIGHT = 70;
const LINE = 22;
const TOP = 34;
const STYLE = 'text{font:12px sans-serif;fill:#888}.grid{stroke:#888;stroke-opacity:.3}';
const totalOf = ({ cpu }) => PARTS.reduce((sum, part) => sum + cpu[part], 0);

function legend() {
  return PARTS.map((part, i) => {
    const x = LEFT + 130 * i;
    return `<path fill="${COLORS[part]}" d="M${x} 8h12v12h-12z"/><text x="${x + 18}" y="18">${NAMES[part]}</text>`;
  });
}

function bars(results, xOf) {
  return results.flatMap((result, i) => {
    const y = TOP + LINE * i;
    let share = 0;
    const pieces = PARTS.map((part) => {
      const from = xOf(share);
      share += Math.max(0, result.cpu[part]);
      return `<path fill="${COLORS[part]}" d="M${from} ${y}H${xOf(share)}v14H${from}z"/>`;
    });
    return [`<text text-anchor="end" x="${LEFT - 8}" y="${y + 12}">${result.label}</text>`, ...pieces,
      `<text x="${xOf(share) + 6}" y="${y + 12}">${(100 * totalOf(result)).toFixed(1)} %</text>`];
  });
}

/** `results` by name, as client_bench measured them. What a mesh of 100 would cost is cut off at the right edge unless it fits. */
export function plot(results) {
  const shown = Object.values(results);
  const large = extrapolated(results);
  const most = Math.max(0.1, ...shown.map(totalOf));
  const xOf = (share) => Math.round(LEFT + ((WIDTH - LEFT - RIGHT) * Math.min(share, most)) / most);
  const at = shown.findLastIndex(({ name }) => name.startsWith('mesh-'));
  if (large) shown.splice(at + 1, 0, large);
  const height = TOP + LINE * shown.length + 10;
  const step = most > 0.5 ? 0.2 : 0.05;
  const grid = Array.from({ length: Math.floor(most / step) }, (_, i) => `<path class="grid" d="M${xOf(step * (i + 1))} ${TOP - 6}V${height - 8}"/>`);
  const head = [`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}">`, `<style>${STYLE}</style>`];
  return [...head, ...legend(), ...grid, ...bars(shown, xOf), '</svg>', ''].join('\n');
}
