// @ts-check
import { h, view, resource } from '../dom.js';
import { command } from '../commands.js';
import { get, rows } from '../api.js';
import { go, link } from '../router.js';
import { Table } from '../table.js';
import { Badge, Card } from '../ui.js';
import { bytes, count, span } from '../format.js';

const SHOWN = 5;

/** @param {any} seconds */
function age(seconds) {
  return seconds ? (seconds < 1 ? '< 1 s' : span(seconds * 1000)) : '–';
}

/** @param {any} c */
function name(c) {
  return h('a', { href: link(['clients', c.clientid]), title: c.clientid }, c.clientid);
}

const COLUMNS = [
  { key: 'clientid', label: 'Client', sort: true, grow: true, show: name },
  {
    key: 'connected',
    label: 'State',
    sort: true,
    show: (/** @type {any} */ c) => (c.connected ? h(Badge, { tone: 'good' }, 'connected') : h(Badge, {}, 'away')),
  },
  { key: 'username', label: 'User', sort: true },
  { key: 'ip_address', label: 'Address', sort: true, hidden: true },
  { key: 'mqueue_len', label: 'Queued', sort: true, num: true, show: (/** @type {any} */ c) => count(c.mqueue_len) },
  {
    key: 'mqueue_oldest_seconds',
    label: 'Oldest waits',
    sort: true,
    num: true,
    show: (/** @type {any} */ c) => age(c.mqueue_oldest_seconds),
  },
  {
    key: 'inflight_cnt',
    label: 'In flight',
    sort: true,
    num: true,
    show: (/** @type {any} */ c) => count(c.inflight_cnt),
  },
  {
    key: 'inflight_oldest_seconds',
    label: 'Unacknowledged',
    sort: true,
    num: true,
    show: (/** @type {any} */ c) => age(c.inflight_oldest_seconds),
  },
  {
    key: 'mqueue_bytes',
    label: 'Queued bytes',
    sort: true,
    num: true,
    hidden: true,
    show: (/** @type {any} */ c) => bytes(c.mqueue_bytes),
  },
  {
    key: 'mqueue_dropped',
    label: 'Dropped',
    sort: true,
    num: true,
    show: (/** @type {any} */ c) => count(c.mqueue_dropped),
  },
];

/** The clients that are behind, as a table. */
export const Slow = view(() => () =>
  h(Table, {
    key: 'slow',
    id: 'slow',
    path: '/slow_subscribers',
    columns: COLUMNS,
    noun: 'client',
    refresh: 5000,
    rowKey: (/** @type {any} */ c) => c.clientid,
    filters: [
      { key: 'like_clientid', label: 'Client' },
      {
        key: 'conn_state',
        label: 'State',
        options: [
          ['connected', 'connected'],
          ['disconnected', 'away'],
        ],
      },
    ],
    onOpen: (/** @type {any} */ c) => go(['clients', c.clientid]),
    command: (/** @type {any} */ q) => command('clients.slow', q),
    empty: { icon: 'check', title: 'No client is behind', children: 'Nothing waits, and all is acknowledged.' },
  }),
);

/** The worst of them, for the first screen; nothing where none is behind. */
export const Slowest = view((self) => {
  const it = resource(self, () =>
    get('/slow_subscribers', { limit: SHOWN }).then(rows),
  );
  self.every(10_000, it.load);
  return () => {
    const list = it.data ?? [];
    if (list.length === 0) return null;
    const most = Math.max(...list.map((c) => Number(c.mqueue_len)), 1);
    return h(
      Card,
      {
        title: 'Clients that are behind',
        actions: h('a', { href: link(['clients'], { tab: 'slow' }) }, 'All'),
      },
      h(
        'ol',
        { class: 'bars' },
        list.map((c) =>
          h(
            'li',
            { key: c.clientid },
            name(c),
            h('meter', { min: 0, max: most, value: Number(c.mqueue_len), 'aria-label': `queue of ${c.clientid}` }),
            h('span', { class: 'num', title: 'Messages that wait' }, count(c.mqueue_len)),
            h('span', { class: 'num dim' }, c.connected ? '' : 'away'),
            h('span', { class: 'num dim', title: 'The oldest waits' }, age(c.mqueue_oldest_seconds)),
            h('span', { class: 'num dim', title: 'Unacknowledged for' }, age(c.inflight_oldest_seconds)),
          ),
        ),
      ),
    );
  };
});
