// SPDX-License-Identifier: Apache-2.0
// The microphones and outputs of this machine, when they change, and which microphone is to be open then.

/** @typedef {{id: string, label: string, group: string}} Device Those of one group are one machine, such as a headset. */
/** @typedef {{microphones: Device[], outputs: Device[]}} Devices */

/** Whether this browser lets a page choose where sound comes out. */
export function canChooseOutput() {
  return typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype;
}

/**
 * Labels and ids are empty until the page may use the microphone; there are no outputs where the browser cannot choose one.
 * @returns {Promise<Devices>}
 */
export async function listDevices() {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  /** @param {MediaDeviceKind} wanted */
  const of = (wanted) => all.filter(({ kind }) => kind === wanted).map(({ deviceId: id, label, groupId: group }) => ({ id, label, group }));
  return { microphones: of('audioinput'), outputs: canChooseOutput() ? of('audiooutput') : [] };
}

/**
 * Calls back when a device has come or gone.
 * @param {(devices: Devices) => void} handler
 * @returns {() => void} Stops that.
 */
export function onDevicesChanged(handler) {
  const { mediaDevices } = navigator;
  let changes = 0;
  const look = async () => {
    const change = (changes += 1);
    const devices = await listDevices().catch(() => null);
    if (devices && change === changes) handler(devices);
  };
  mediaDevices?.addEventListener?.('devicechange', look);
  return () => {
    changes = -1;
    mediaDevices?.removeEventListener?.('devicechange', look);
  };
}

/**
 * The id of the device that is to be opened now, '' for the default; undefined: the open one goes on. What the person chose comes first, and again when it
 * returns. Chromium alone says, by an entry 'default', that the system has another default now.
 * @param {{wanted: string, id?: string, group?: string, isDead: boolean}} open What the person chose, and the device that is open or was.
 * @param {Device[]} microphones
 * @returns {string | undefined}
 */
export function deviceToOpen({ wanted, id, group, isDead }, microphones) {
  /** @param {string} wantedId */
  const find = (wantedId) => microphones.find((device) => device.id === wantedId);
  if (wanted && find(wanted)) return isDead || id !== wanted ? wanted : undefined;
  const present = id && find(id);
  if (isDead || (id && !present && microphones.length > 0)) return '';
  return present && id === 'default' && group && present.group !== group ? '' : undefined;
}
