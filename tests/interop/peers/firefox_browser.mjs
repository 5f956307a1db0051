// SPDX-License-Identifier: Apache-2.0
// A headless Firefox with a fake microphone, for the same voice page as in Chromium.

import { firefox } from 'playwright-core';

import { atEnd } from '../harness/cleanup.mjs';
import { patient } from '../harness/patient.mjs';
import { audioIn, scratch } from '../harness/scratch.mjs';

const FIREFOX = process.env.FIREFOX_BIN ?? '/usr/bin/firefox-esr';
const PREFERENCES = {
  'media.navigator.streams.fake': true, // A microphone with a steady tone.
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  // Everything here is on loopback, which Firefox uses only on request, and only in pages that may use the microphone.
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'permissions.default.microphone': 1,
  // No other host is contacted.
  'network.proxy.type': 0,
  'network.captive-portal-service.enabled': false,
  'network.dns.disablePrefetch': true,
  'services.settings.server': 'data:,#none', // Only counts with the environment variable below.
  'toolkit.telemetry.enabled': false,
  'toolkit.telemetry.server': '',
};

/** Debian's own Firefox, by WebDriver BiDi: `moz-firefox` is playwright's channel for unpatched ones. Ends with the test `t`. */
export async function launchFirefox(t) {
  const home = scratch(t, 'firefox');
  const env = { ...audioIn(home), HOME: home, MOZ_REMOTE_SETTINGS_DEVTOOLS: '1' };
  const options = { channel: 'moz-firefox', executablePath: FIREFOX, headless: true, firefoxUserPrefs: PREFERENCES, env };
  const browser = patient(await firefox.launch(options));
  atEnd(t, () => browser.close());
  return browser;
}
