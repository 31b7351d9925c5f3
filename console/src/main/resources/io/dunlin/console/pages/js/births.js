// @ts-check
/** Payloads of Sparkplug with the names behind their aliases: from births that come while the page is open, and the last ones that the broker remembers. */
import { get, rows } from './api.js';
import { signal } from './dom.js';
import { fromBase64 } from './format.js';
import { listen } from './live.js';
import { Names, decode, topicOf } from './sparkplug.js';

const PAYLOAD_BYTES = 16_384;
const ASKED_MAX = 1_000;

const names = new Names();
/** Changes when names were learned. */
export const learned = signal(0);
/** Births that the broker was asked for. @type {Set<string>} */
const asked = new Set();
let listening = false;
/** One after the other: a list may have many nodes. @type {Promise<void>} */
let turn = Promise.resolve();

/** @param {string} topic @param {string | undefined | null} payload @param {boolean} isNew */
function learn(topic, payload, isNew) {
  if (payload && names.learn(topic, fromBase64(payload), isNew)) learned.value++;
}

/** @param {string} topic */
function remembered(topic) {
  if (asked.has(topic)) return;
  if (asked.size >= ASKED_MAX) asked.clear();
  asked.add(topic);
  turn = turn.then(() => ask(topic));
}

/** @param {string} topic */
async function ask(topic) {
  try {
    const found = rows(await get('/topics', { topic, max_payload_bytes: PAYLOAD_BYTES }));
    learn(topic, found[0]?.payload, false);
  } catch {
    asked.delete(topic); // without names aliases are shown; the next message asks again
  }
}

/** Decodes a payload of a topic of Sparkplug; undefined for other topics. @param {string | undefined} topic @param {Uint8Array} data */
export function sparkplugOf(topic, data) {
  const it = topicOf(topic);
  if (!topic || !it) return undefined;
  if (!listening) {
    listening = true;
    listen(['spBv1.0/+/NBIRTH/+', 'spBv1.0/+/DBIRTH/+/#'], (m) => learn(m.topic, m.payload, true));
  }
  const payload = decode(data, names.of(topic));
  if (payload.metrics.some((m) => m.name === undefined && m.alias !== undefined)) {
    remembered(`spBv1.0/${it.group}/NBIRTH/${it.node}`);
    if (it.device !== undefined) remembered(`spBv1.0/${it.group}/DBIRTH/${it.node}/${it.device}`);
  }
  return payload;
}
