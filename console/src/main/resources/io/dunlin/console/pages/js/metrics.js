// @ts-check
/** The names of the broker's figures, in one place, and how the console asks for them. */
import { get, body } from './api.js';

/**
 * The figures as the API names them; the first name that an answer has counts.
 * @type {Record<string, string[]>}
 */
const NAMES = {
  connections: ['connections_count'],
  sessions: ['sessions_count'],
  subscriptions: ['subscriptions_count'],
  shared: ['subscriptions_shared_count'],
  topics: ['topics_count'],
  retained: ['retained_count'],
  queued: ['queued_messages'],
  queuedBytes: ['queued_bytes'],
  inflight: ['inflight_count', 'inflight_messages'],
  stored: ['store_bytes'],
  heapUsed: ['heap_used_bytes', 'heap_used', 'memory_used'],
  heapMax: ['heap_max_bytes', 'heap_max', 'memory_total'],
  diskFree: ['disk_free_bytes', 'disk_free'],
  messagesIn: ['publishes_received', 'messages_received'],
  messagesOut: ['publishes_sent', 'messages_sent'],
  bytesIn: ['bytes_received'],
  bytesOut: ['bytes_sent'],
  refused: ['connections_refused'],
};

/** Why messages were dropped, as the broker counts it; that nobody had subscribed is no loss. @type {[string, string][]} */
export const DROPS = [
  ['dropped_queue_full', 'queue full'],
  ['dropped_socket_full', 'client reads too slowly'],
  ['dropped_expired', 'expired'],
  ['dropped_too_large', 'too large'],
  ['dropped_not_authorized', 'not authorized'],
  ['dropped_sink_full', 'own receiver full'],
  ['dropped_unreadable', 'unreadable'],
];

/** A figure out of an answer. @param {any} figures @param {string} name */
export function figure(figures, name) {
  if (!figures) return undefined;
  if (name === 'dropped') {
    const known = DROPS.filter(([key]) => figures[key] !== undefined);
    return known.length ? known.reduce((sum, [key]) => sum + Number(figures[key]), 0) : undefined;
  }
  for (const one of NAMES[name] ?? [name]) {
    const found = figures[one];
    if (found !== undefined && found !== null) return Number(found);
  }
  return undefined;
}

/** Gauges and counters of now. */
export async function figures() {
  const [stats, counters] = await Promise.all([
    get('/stats').catch((e) => {
      if (e.status === 404 || e.status === 501) return {};
      throw e;
    }),
    get('/metrics.json').catch((e) => {
      if (e.status === 404 || e.status === 501) return {};
      throw e;
    }),
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
  const asked = names.flatMap((name) => (name === 'dropped' ? DROPS.map(([key]) => key) : [NAMES[name]?.[0] ?? name]));
  const answer = await get('/history', {
    metric: asked.join(','),
    from: Math.round(from),
    to: Math.round(to),
    step: Math.max(10, Math.ceil((to - from) / 1000 / 360)),
  });
  const data = body(answer) ?? {};
  return Object.fromEntries(
    names.map((name) => [
      name,
      name === 'dropped' ? sum(DROPS.map(([key]) => data[key] ?? [])) : (data[NAMES[name]?.[0] ?? name] ?? []),
    ]),
  );
}

/** Adds up lists of points by their times. @param {number[][][]} lists */
function sum(lists) {
  /** @type {Map<number, number>} */
  const all = new Map();
  for (const list of lists) for (const [at, value] of list) all.set(at, (all.get(at) ?? 0) + value);
  return [...all].sort((a, b) => a[0] - b[0]);
}
