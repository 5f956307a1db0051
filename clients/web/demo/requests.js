// SPDX-License-Identifier: Apache-2.0
// Where the page's own requests come from: the library's, with its time limit and its errors in words for people.

export { request } from '../src/call/api.js';
