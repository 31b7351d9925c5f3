// @ts-check
/** The names of the broker's figures, in one place, and how the console asks for them. */
import { get, body } from './api.js';

/**
 * The figures as the API names them; the first name that an answer has counts.
 * @type {Record<string, string[]>}
 */
const NAMES = {
  connections: ['connections.count', 'live_connections.count', 'connections', 'clients_connected'],
  sessions: ['sessions.count', 'sessions', 'clients_total'],
  subscriptions: ['subscriptions.count', 'subscriptions'],
  shared: ['subscriptions.shared.count', 'shared_subscriptions'],
  topics: ['topics.count', 'topics'],
  retained: ['retained.count', 'retained', 'retained_messages'],
  queued: ['mqueue.count', 'queued', 'queued_messages', 'messages.queued'],
  inflight: ['inflight.count', 'inflight', 'inflight_messages'],
  stored: ['store.bytes', 'store_bytes', 'stored_bytes'],
  heapUsed: ['heap.used', 'heap_used', 'heap_used_bytes'],
  heapMax: ['heap.max', 'heap_max', 'heap_max_bytes'],
  diskUsed: ['disk.used', 'disk_used', 'disk_used_bytes'],
  diskFree: ['disk.free', 'disk_free', 'disk_free_bytes'],
  cpu: ['cpu', 'cpu_load', 'process_cpu'],
  messagesIn: ['messages.received', 'messages_received', 'messages_in'],
  messagesOut: ['messages.sent', 'messages_sent', 'messages_out'],
  bytesIn: ['bytes.received', 'bytes_received', 'bytes_in'],
  bytesOut: ['bytes.sent', 'bytes_sent', 'bytes_out'],
  dropped: ['messages.dropped', 'messages_dropped'],
  authFailures: ['authentication.failure', 'logins_failed', 'auth_failures'],
};

/** A figure out of an answer. @param {any} figures @param {string} name */
export function figure(figures, name) {
  if (!figures) return undefined;
  for (const one of NAMES[name] ?? [name]) {
    const found = figures[one];
    if (found !== undefined && found !== null) return Number(found);
  }
  return undefined;
}

/** Gauges and counters of now. */
export async function figures() {
  const [stats, counters] = await Promise.all([
    get('/stats').catch((e) => { if (e.status === 404 || e.status === 501) return {}; throw e; }),
    get('/metrics.json').catch((e) => { if (e.status === 404 || e.status === 501) return {}; throw e; }),
  ]);
  return { ...flat(counters), ...flat(stats), at: Date.now() };
}

/** One object of numbers, whether it came in an envelope, nested, or as a list of nodes. @param {any} answer */
export function flat(answer) {
  let found = body(answer);
  if (Array.isArray(found)) found = found[0];
  /** @type {Record<string, number>} */
  const out = {};
  const walk = (/** @type {any} */ part, /** @type {string} */ prefix) => {
    for (const [key, value] of Object.entries(part ?? {})) {
      if (typeof value === 'number') out[prefix + key] = value;
      else if (value && typeof value === 'object' && !Array.isArray(value)) walk(value, `${prefix}${key}.`);
    }
  };
  walk(found, '');
  return out;
}

/**
 * What has been: for each of our names its points, at most a few hundred.
 * @param {string[]} names @param {number} from milliseconds @param {number} to
 * @returns {Promise<Record<string, number[][]>>}
 */
export async function past(names, from, to) {
  const metric = names.map((name) => historyName(name)).join(',');
  const answer = await get('/history', { metric, from: Math.round(from), to: Math.round(to), step: Math.max(10, Math.ceil((to - from) / 1000 / 360)) });
  const data = body(answer) ?? {};
  return Object.fromEntries(names.map((name) => [name, data[historyName(name)] ?? []]));
}

/** @param {string} name */
function historyName(name) {
  return NAMES[name]?.[0] ?? name;
}
