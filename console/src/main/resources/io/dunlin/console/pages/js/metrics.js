// @ts-check
/** The names of the broker's figures, in one place, and how the console asks for them. */
import { get } from './api.js';

/** The figures as the API names them. @type {Record<string, string>} */
const NAMES = {
  connections: 'connections_count',
  sessions: 'sessions_count',
  subscriptions: 'subscriptions_count',
  shared: 'subscriptions_shared_count',
  retained: 'retained_count',
  retainedBytes: 'retained_bytes',
  queued: 'queued_messages',
  queuedBytes: 'queued_bytes',
  stored: 'store_bytes',
  heapUsed: 'heap_used_bytes',
  heapMax: 'heap_max_bytes',
  diskFree: 'disk_free_bytes',
  messagesIn: 'publishes_received',
  messagesOut: 'publishes_sent',
  bytesIn: 'bytes_received',
  bytesOut: 'bytes_sent',
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

/** A figure out of an answer; undefined where this broker has none, as of a store where it has no store. @param {any} figures @param {string} name */
export function figure(figures, name) {
  return name === 'dropped' ? DROPS.reduce((sum, [key]) => sum + figures[key], 0) : figures[NAMES[name]];
}

/** Gauges and counters of now. */
export const figures = async () => ({ ...(await get('/metrics.json')), at: Date.now() });

/**
 * What has been: for each of our names its points, at most a few hundred.
 * @param {string[]} names @param {number} from milliseconds @param {number} to
 * @returns {Promise<Record<string, number[][]>>}
 */
export async function past(names, from, to) {
  const asked = names.flatMap((name) => (name === 'dropped' ? DROPS.map(([key]) => key) : NAMES[name]));
  const { data } = await get('/history', {
    metric: asked.join(','),
    from: Math.round(from),
    to: Math.round(to),
    step: Math.max(10, Math.ceil((to - from) / 1000 / 360)),
  });
  return Object.fromEntries(
    names.map((name) => [
      name,
      name === 'dropped' ? sum(DROPS.map(([key]) => data[key])) : data[NAMES[name]],
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
