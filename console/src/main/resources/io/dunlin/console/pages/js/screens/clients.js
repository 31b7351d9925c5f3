// @ts-check
import { h, view, follow } from '../dom.js';
import { command } from '../commands.js';
import { route, go, link } from '../router.js';
import { Table } from '../table.js';
import { Badge, Button, Tabs } from '../ui.js';
import { may } from '../api.js';
import { ago, bytes, count, when, span, millis } from '../format.js';
import { ClientDetail } from './client.js';
import { Slow } from './slow.js';
import { kick, kickAll, ban } from './client-actions.js';

/** @param {any} version */
export function protocol(version) {
  return { 3: '3.1', 4: '3.1.1', 5: '5.0' }[version] ?? (version ? String(version) : '–');
}

export const COLUMNS = [
  {
    key: 'clientid',
    label: 'Client',
    sort: true,
    grow: true,
    show: (/** @type {any} */ c) => h('a', { href: link(['clients', c.clientid]), title: c.clientid }, c.clientid),
  },
  {
    key: 'connected',
    label: 'State',
    sort: true,
    show: (/** @type {any} */ c) => (c.connected ? h(Badge, { tone: 'good' }, 'connected') : h(Badge, {}, 'away')),
  },
  { key: 'username', label: 'User', sort: true },
  { key: 'ip_address', label: 'Address', sort: true },
  { key: 'port', label: 'Port', num: true, hidden: true, show: (/** @type {any} */ c) => c.port ?? '–' },
  { key: 'listener', label: 'Listener', sort: true, hidden: true },
  { key: 'tls', label: 'TLS', hidden: true },
  { key: 'proto_ver', label: 'MQTT', sort: true, show: (/** @type {any} */ c) => protocol(c.proto_ver) },
  {
    key: 'keepalive',
    label: 'Keep alive',
    sort: true,
    num: true,
    hidden: true,
    show: (/** @type {any} */ c) => `${count(c.keepalive)} s`,
  },
  {
    key: 'clean_start',
    label: 'Clean start',
    hidden: true,
    show: (/** @type {any} */ c) => (c.clean_start ? 'yes' : 'no'),
  },
  {
    key: 'expiry_interval',
    label: 'Session outlives',
    sort: true,
    num: true,
    hidden: true,
    show: (/** @type {any} */ c) => expiry(c.expiry_interval),
  },
  {
    key: 'connected_at',
    label: 'Connected',
    sort: true,
    show: (/** @type {any} */ c) =>
      h(
        'span',
        { title: when(c.connected_at) },
        c.connected ? since(c.connected_at) : c.disconnected_at ? `left ${ago(c.disconnected_at)}` : '–',
      ),
  },
  {
    key: 'created_at',
    label: 'Session since',
    sort: true,
    hidden: true,
    show: (/** @type {any} */ c) => h('span', { title: when(c.created_at) }, ago(c.created_at)),
  },
  {
    key: 'disconnected_at',
    label: 'Left',
    sort: true,
    hidden: true,
    show: (/** @type {any} */ c) => h('span', { title: when(c.disconnected_at) }, ago(c.disconnected_at)),
  },
  { key: 'subscriptions_cnt', label: 'Subs', sort: true, num: true },
  { key: 'inflight_cnt', label: 'In flight', sort: true, num: true },
  { key: 'mqueue_len', label: 'Queued', sort: true, num: true },
  {
    key: 'mqueue_dropped',
    label: 'Dropped',
    sort: true,
    num: true,
    show: (/** @type {any} */ c) =>
      c.mqueue_dropped ? h('span', { class: 'warn-text' }, count(c.mqueue_dropped)) : '0',
  },
  { key: 'recv_msg', label: 'Msgs in', sort: true, num: true },
  { key: 'send_msg', label: 'Msgs out', sort: true, num: true },
  {
    key: 'recv_oct',
    label: 'Bytes in',
    sort: true,
    num: true,
    hidden: true,
    show: (/** @type {any} */ c) => bytes(c.recv_oct),
  },
  {
    key: 'send_oct',
    label: 'Bytes out',
    sort: true,
    num: true,
    hidden: true,
    show: (/** @type {any} */ c) => bytes(c.send_oct),
  },
];

/** @param {any} time */
function since(time) {
  const ms = millis(time);
  return ms === undefined ? '–' : span(Date.now() - ms);
}

/** @param {any} seconds */
export function expiry(seconds) {
  return seconds === undefined || seconds === null
    ? '–'
    : seconds >= 4294967295
      ? 'for ever'
      : seconds === 0
        ? 'not at all'
        : span(seconds * 1000);
}

export const Clients = view((self) => {
  const detail = route.value.parts[1];
  if (detail !== undefined) return () => h(ClientDetail, { id: detail });
  follow(self, route);
  let reload = () => {};
  const tab = () => route.value.query.get('tab') ?? 'all';
  return () => [
    h('div', { class: 'head', key: 'head' }, h('div', { class: 'crumbs' }, h('h1', null, 'Clients'))),
    h(Tabs, {
      key: 'tabs',
      value: tab(),
      tabs: [
        ['all', 'All', link(['clients'])],
        ['slow', 'Slow', link(['clients'], { tab: 'slow' })],
      ],
    }),
    tab() === 'slow' ? h(Slow, { key: 'slow' }) : h(Table, {
      key: 'table',
      id: 'clients',
      path: '/clients',
      columns: COLUMNS,
      noun: 'client',
      refresh: 5000,
      rowKey: (/** @type {any} */ c) => c.clientid,
      onReady: (/** @type {any} */ load) => {
        reload = load;
      },
      filters: [
        { key: 'like_clientid', label: 'Client' },
        { key: 'like_username', label: 'User' },
        { key: 'ip_address', label: 'Address' },
        {
          key: 'conn_state',
          label: 'State',
          options: [
            ['connected', 'connected'],
            ['disconnected', 'away'],
          ],
        },
        {
          key: 'proto_ver',
          label: 'MQTT',
          options: [
            ['5', '5.0'],
            ['4', '3.1.1'],
            ['3', '3.1'],
          ],
        },
      ],
      onOpen: (/** @type {any} */ c) => go(['clients', c.clientid]),
      command: (/** @type {any} */ q) => command('clients.list', q),
      bulk: may('operator')
        ? [{ label: 'Kick', kind: 'danger', run: (/** @type {any[]} */ list) => kickAll(list.map((c) => c.clientid)) }]
        : undefined,
      actions: may('operator')
        ? (/** @type {any} */ c) => [
            c.connected
              ? h(Button, {
                  icon: 'kick',
                  kind: 'quiet',
                  small: true,
                  title: `Kick ${c.clientid}`,
                  onClick: () =>
                    kick(c.clientid).then((done) => {
                      if (done) reload();
                    }),
                })
              : null,
            h(Button, {
              icon: 'ban',
              kind: 'quiet',
              small: true,
              title: `Ban ${c.clientid}`,
              onClick: () =>
                ban('client', c.clientid).then((done) => {
                  if (done) reload();
                }),
            }),
          ]
        : undefined,
      empty: {
        icon: 'clients',
        title: 'No client has come yet',
        children: 'Try it: dunlin pub -t hello -m world, or dunlin simulate -sc furnace for a fleet of devices.',
      },
    }),
  ];
});
