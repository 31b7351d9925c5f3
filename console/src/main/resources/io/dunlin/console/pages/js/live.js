// @ts-check
/**
 * Live messages. All who listen share one EventSource with the union of their filters, as a browser has few connections to a host.
 */
import { url, session } from './api.js';
import { signal } from './dom.js';

/** @typedef {{topic: string, payload: string, qos: number, retain: boolean, ts: number, size?: number, clientid?: string, properties?: any}} Live */

const FILTERS_MAX = 50;

/** @type {Set<{filters: string[], run: (message: Live) => void}>} */
const listeners = new Set();
/** @type {EventSource | null} */
let source = null;
let open = '';
let timer = 0;

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
  if (!wanted) {
    state.value = 'idle';
    return;
  }
  state.value = 'opening';
  stream(filters);
}

/** @param {Live} message */
function tell(message) {
  for (const one of [...listeners]) {
    if (one.filters.some((filter) => matches(filter, message.topic))) one.run(message);
  }
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
    tell(JSON.parse(e.data));
  };
  mine.addEventListener('dropped', (e) => {
    left.value += JSON.parse(/** @type {MessageEvent} */ (e).data).dropped;
  });
}

session.watch(later);
