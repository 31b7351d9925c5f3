// @ts-check
/**
 * Live messages. All who listen share one EventSource with the union of their filters, as a browser has few connections to a host.
 */
import { url, session, get, offers, rows } from './api.js';
import { millis } from './format.js';
import { signal } from './dom.js';

/** @typedef {{topic: string, payload: string, qos: number, retain: boolean, ts: number, size?: number, clientid?: string, properties?: any}} Live */

const FILTERS_MAX = 50;
const POLL_MILLIS = 1000;

/** @type {Set<{filters: string[], run: (message: Live) => void}>} */
const listeners = new Set();
/** @type {EventSource | null} */
let source = null;
let open = '';
let timer = 0;
let polling = 0;

/** How it stands: idle, opening, open, lost. */
export const state = signal('idle');
/** How many messages the broker left out, as they came too fast for a page. */
export const left = signal(0);

/** Whether a topic matches a filter. @param {string} filter @param {string} topic */
export function matches(filter, topic) {
  if (filter.startsWith('$share/')) filter = filter.split('/').slice(2).join('/');
  const f = filter.split('/');
  const t = topic.split('/');
  if (topic.startsWith('$') && (f[0] === '#' || f[0] === '+')) return false;
  for (let i = 0; i < f.length; i++) {
    if (f[i] === '#') return true;
    if (i >= t.length || (f[i] !== '+' && f[i] !== t[i])) return false;
  }
  return f.length === t.length;
}

/** @param {string[]} filters @param {(message: Live) => void} run @returns {() => void} ends it */
export function listen(filters, run) {
  const one = { filters, run };
  listeners.add(one);
  later();
  return () => {
    listeners.delete(one);
    later();
  };
}

function later() {
  clearTimeout(timer);
  timer = window.setTimeout(renew, 60);
}

function renew() {
  const filters = [...new Set([...listeners].flatMap((one) => one.filters))].sort().slice(0, FILTERS_MAX);
  const wanted = session.value ? filters.join('\n') : '';
  if (wanted === open && source?.readyState !== EventSource.CLOSED) return;
  open = wanted;
  source?.close();
  source = null;
  clearInterval(polling);
  if (!wanted) {
    state.value = 'idle';
    return;
  }
  state.value = 'opening';
  offers('/subscribe').then((streams) => {
    if (open === wanted) (streams ? stream : poll)(filters);
  });
}

/** @param {Live} message */
function tell(message) {
  for (const one of [...listeners]) {
    if (one.filters.some((filter) => matches(filter, message.topic))) one.run(message);
  }
}

/**
 * Where the broker streams nothing: the last values of single topics, once a second.
 * @param {string[]} filters
 */
function poll(filters) {
  const wanted = new Set(filters.filter((filter) => !/[#+]/.test(filter)));
  const levels = [...new Set([...wanted].map((topic) => topic.slice(0, Math.max(0, topic.lastIndexOf('/')))))];
  /** @type {Map<string, number>} */
  const known = new Map();
  const look = async () => {
    if (document.hidden) return;
    try {
      for (const prefix of levels) {
        for (const row of rows(await get('/topics', { prefix, limit: 1000 }))) {
          const before = known.get(row.topic);
          if (!wanted.has(row.topic) || before === row.messages) continue;
          known.set(row.topic, row.messages);
          if (before === undefined || !row.payload) continue;
          const { topic, payload, payload_size: size, qos = 0, retained: retain = false } = row;
          tell({ topic, payload, size, qos, retain, ts: millis(row.ts) ?? Date.now() });
        }
      }
      state.value = 'open';
    } catch {
      state.value = 'lost';
    }
  };
  polling = window.setInterval(look, POLL_MILLIS);
  look();
}

/** @param {string[]} filters */
function stream(filters) {
  const mine = new EventSource(url('/subscribe', { filter: filters, qos: 0 }));
  source = mine;
  mine.onopen = () => {
    state.value = 'open';
  };
  mine.onerror = () => {
    if (source !== mine) return;
    state.value = 'lost';
    if (mine.readyState === EventSource.CLOSED) {
      // refused: it does not try again by itself
      open = '';
      timer = window.setTimeout(renew, 5000);
    }
  };
  mine.onmessage = (e) => {
    const message = JSON.parse(e.data);
    if (message.ts === undefined) message.ts = Date.now();
    tell(message);
  };
  mine.addEventListener('dropped', (e) => {
    left.value += JSON.parse(/** @type {MessageEvent} */ (e).data).dropped ?? 0;
  });
}

session.watch(later);
