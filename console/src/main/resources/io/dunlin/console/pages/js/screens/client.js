// @ts-check
import { h, view, follow, resource } from '../dom.js';
import { command } from '../commands.js';
import { icon } from '../icons.js';
import { get, post, rows, may, part } from '../api.js';
import { route, link, go } from '../router.js';
import { Table } from '../table.js';
import { Badge, Button, Card, Empty, Facts, Failure, Loading, Menu, Tabs, Field, ask, copy, toast } from '../ui.js';
import { ago, bytes, clockMillis, count, when } from '../format.js';
import { Payload, preview } from '../payload.js';
import { protocol, expiry } from './clients.js';
import { kick, clearSession, ban } from './client-actions.js';

const path = (/** @type {string} */ id, rest = '') => `/clients/${part(id)}${rest}`;

export const ClientDetail = view((self, { id }) => {
  follow(self, route);
  const it = resource(self, () => get(path(id)));
  self.every(3000, () => {
    if (!it.error || it.error.status === 0) it.load();
  });
  const tab = () => route.value.query.get('tab') ?? 'session';
  const reload = (/** @type {boolean} */ done) => {
    if (done) it.load();
  };
  return () => {
    const gone = it.error?.status === 404 || it.error?.status === 400;
    const c = it.data;
    if (!c || gone) {
      if (gone) {
        return [
          h(
            'div',
            { class: 'head', key: 'h' },
            h('div', { class: 'crumbs' }, h('a', { href: '#/clients' }, 'Clients'), icon('right'), h('h1', null, id)),
          ),
          h(Empty, {
            icon: 'clients',
            title: `There is no client ${id}`,
            children:
              'It is not connected and left no session behind. What it did while it was here may still be recorded.',
            action: h('a', { class: 'button', href: link(['clients', id], { tab: 'events' }) }, 'Its events'),
          }),
          tab() === 'events' ? h(Events, { id }) : null,
        ];
      }
      return it.error ? h(Failure, { error: it.error, retry: it.load }) : h(Loading, {});
    }
    const to = (/** @type {string} */ name) => link(['clients', id], { tab: name === 'session' ? '' : name });
    return [
      h(
        'div',
        { class: 'head', key: 'head' },
        h('div', { class: 'crumbs' }, h('a', { href: '#/clients' }, 'Clients'), icon('right'), h('h1', null, id)),
        c.connected ? h(Badge, { tone: 'good' }, 'connected') : h(Badge, {}, `away since ${ago(c.disconnected_at)}`),
        h('span', { class: 'grow' }),
        h('a', { class: 'button', href: link(['why'], { clientid: id }) }, icon('why'), 'Why not?'),
        may('operator')
          ? h(
              'a',
              { class: 'button only-wide', href: link(['trace'], { new: 'clientid', value: id }) },
              icon('trace'),
              'Trace',
            )
          : null,
        may('operator') && c.connected
          ? h(Button, { label: 'Kick', icon: 'kick', kind: 'danger', onClick: () => kick(id).then(reload) })
          : null,
        h(Menu, {
          icon: 'more',
          end: true,
          title: 'More',
          items: [
            may('operator')
              ? { label: 'Ban this client', icon: 'ban', danger: true, run: () => ban('client', id).then(reload) }
              : null,
            may('operator') && c.username
              ? {
                  label: `Ban the user ${c.username}`,
                  icon: 'ban',
                  danger: true,
                  run: () => ban('user', c.username).then(reload),
                }
              : null,
            may('operator') && c.ip_address
              ? {
                  label: `Ban ${c.ip_address}`,
                  icon: 'ban',
                  danger: true,
                  run: () => ban('address', c.ip_address).then(reload),
                }
              : null,
            may('operator')
              ? {
                  label: 'Clear the session',
                  icon: 'trash',
                  danger: true,
                  run: () =>
                    clearSession(c).then((done) => {
                      if (done) go(['clients']);
                    }),
                }
              : null,
            may('operator')
              ? { label: 'Trace this client', icon: 'trace', run: () => go(['trace'], { new: 'clientid', value: id }) }
              : null,
            {
              label: 'Copy as command',
              icon: 'terminal',
              hint: command('clients.show', { clientid: id }),
              run: () => copy(command('clients.show', { clientid: id })),
            },
          ],
        }),
      ),
      h(Tabs, {
        key: 'tabs',
        value: tab(),
        tabs: [
          ['session', 'Session', to('session')],
          ['subscriptions', 'Subscriptions', to('subscriptions'), count(c.subscriptions_cnt)],
          ['inflight', 'In flight', to('inflight'), count(c.inflight_cnt)],
          ['queue', 'Queued', to('queue'), count(c.mqueue_len)],
          ['events', 'Events', to('events')],
        ],
      }),
      tab() === 'session'
        ? h(SessionFacts, { key: 'session', c })
        : tab() === 'subscriptions'
          ? h(Subscriptions, { key: 'subscriptions', id, c })
          : tab() === 'inflight'
            ? h(Messages, { key: 'inflight', id, route: '/inflight_messages', name: 'inflight' })
            : tab() === 'queue'
              ? h(Messages, { key: 'queue', id, route: '/mqueue_messages', name: 'queue' })
              : h(Events, { key: 'events', id }),
    ];
  };
});

/** @param {{c: any}} p */
function SessionFacts({ c }) {
  const share = c.mqueue_max ? c.mqueue_len / c.mqueue_max : 0;
  return h(
    'div',
    { class: 'grid' },
    h(
      Card,
      { title: 'Connection' },
      h(Facts, {
        wide: true,
        items: [
          ['User', c.username ?? h('span', { class: 'dim' }, 'anonymous')],
          ['Address', c.ip_address ? `${c.ip_address}${c.port ? `:${c.port}` : ''}` : '–'],
          [
            'Listener',
            c.listener
              ? h('a', { href: '#/system?tab=listeners' }, `${c.listener}${c.transport ? ` (${c.transport})` : ''}`)
              : '–',
          ],
          ['TLS', c.tls ?? 'none'],
          ['MQTT', protocol(c.proto_ver)],
          ['Keep alive', `${count(c.keepalive)} s`],
          ['Connected', c.connected_at ? `${when(c.connected_at)} (${ago(c.connected_at)})` : '–'],
          c.disconnected_at ? ['Left', `${when(c.disconnected_at)} (${ago(c.disconnected_at)})`] : null,
          c.source ? ['Let in by', c.source, 'the source of logins'] : null,
          c.roles?.length ? ['Roles', c.roles.join(', ')] : null,
          c.groups?.length ? ['Groups', c.groups.join(', ')] : null,
        ],
      }),
    ),
    h(
      Card,
      { title: 'Session' },
      h(Facts, {
        wide: true,
        items: [
          ['Since', c.created_at ? `${when(c.created_at)} (${ago(c.created_at)})` : '–'],
          ['Clean start', c.clean_start ? 'yes' : 'no'],
          ['Outlives the connection', expiry(c.expiry_interval)],
          ['Subscriptions', count(c.subscriptions_cnt)],
          [
            'In flight',
            `${count(c.inflight_cnt)} of ${count(c.inflight_max)}`,
            'sent with QoS 1 or 2 and not acknowledged, of what the client takes at once',
          ],
          [
            'Queued',
            h(
              'span',
              { class: share > 0.8 ? 'warn-text' : '' },
              `${count(c.mqueue_len)}${c.mqueue_max ? ` of ${count(c.mqueue_max)}` : ''}${c.mqueue_bytes ? `, ${bytes(c.mqueue_bytes)}` : ''}`,
            ),
          ],
          [
            'Dropped from the queue',
            c.mqueue_dropped ? h('span', { class: 'warn-text' }, count(c.mqueue_dropped)) : '0',
          ],
          c.awaiting_rel_cnt !== undefined ? ['QoS 2 under way from it', count(c.awaiting_rel_cnt)] : null,
        ],
      }),
    ),
    h(
      Card,
      { title: 'Traffic' },
      h(Facts, {
        wide: true,
        items: [
          ['Messages from it', count(c.recv_msg)],
          ['Messages to it', count(c.send_msg)],
          ['Bytes from it', bytes(c.recv_oct)],
          ['Bytes to it', bytes(c.send_oct)],
        ],
      }),
    ),
    c.will
      ? h(
          Card,
          { title: 'Will' },
          h(Facts, {
            wide: true,
            items: [
              ['Topic', c.will.topic],
              ['QoS', c.will.qos],
              ['Retain', c.will.retain ? 'yes' : 'no'],
              ['Delay', c.will.delay_interval !== undefined ? `${c.will.delay_interval} s` : '–'],
            ],
          }),
        )
      : null,
  );
}

const Subscriptions = view((_self, { id }) => {
  let reload = () => {};
  const add = async () => {
    let topic = '';
    let qos = '1';
    const done = await ask({
      title: `Subscribe ${id}`,
      confirm: 'Subscribe',
      body: (redraw) => [
        h('p', { key: 'p' }, 'The session gets this subscription as if the client had asked for it.'),
        h(
          'div',
          { class: 'form', key: 'f' },
          h(Field, {
            label: 'Topic filter',
            mono: true,
            value: topic,
            onInput: (/** @type {string} */ v) => {
              topic = v;
              redraw();
            },
          }),
          h(Field, {
            label: 'QoS',
            type: 'select',
            options: ['0', '1', '2'],
            value: qos,
            onInput: (/** @type {string} */ v) => {
              qos = v;
              redraw();
            },
          }),
        ),
      ],
      run: () => post(path(id, '/subscribe'), { topic, qos: Number(qos) }),
    });
    if (done) {
      toast(`${id} is subscribed to ${topic}`);
      reload();
    }
  };
  const drop = async (/** @type {any} */ s) => {
    const done = await ask({
      title: 'Take the subscription away?',
      confirm: 'Unsubscribe',
      danger: true,
      body: () => h('p', null, `${id} gets nothing more for ${s.topic}, and is not told.`),
      run: () => post(path(id, '/unsubscribe'), { topic: s.topic }),
    });
    if (done) reload();
  };
  return () =>
    h(Table, {
      id: 'client-subscriptions',
      path: path(id, '/subscriptions'),
      onReady: (/** @type {any} */ load) => {
        reload = load;
      },
      noun: 'subscription',
      rowKey: (/** @type {any} */ s) => s.topic,
      columns: [
        {
          key: 'topic',
          label: 'Topic filter',
          sort: true,
          grow: true,
          show: (/** @type {any} */ s) => h('code', null, s.topic),
        },
        { key: 'share_group', label: 'Shared as', hidden: true },
        { key: 'qos', label: 'QoS', sort: true, num: true },
        { key: 'nl', label: 'No local', show: (/** @type {any} */ s) => (s.nl ? 'yes' : 'no') },
        { key: 'rap', label: 'Retain as published', show: (/** @type {any} */ s) => (s.rap ? 'yes' : 'no') },
        {
          key: 'rh',
          label: 'Retained sent',
          show: (/** @type {any} */ s) => ['always', 'when new', 'never'][s.rh] ?? '–',
        },
        { key: 'subid', label: 'Identifier', num: true, show: (/** @type {any} */ s) => s.subid || '–' },
      ],
      tools: may('operator') ? h(Button, { label: 'Subscribe', icon: 'plus', small: true, onClick: add }) : null,
      actions: may('operator')
        ? (/** @type {any} */ s) =>
            h(Button, {
              icon: 'close',
              kind: 'quiet',
              small: true,
              title: `Unsubscribe ${s.topic}`,
              onClick: () => drop(s),
            })
        : undefined,
      command: () => command('clients.subscriptions', { clientid: id }),
      empty: {
        icon: 'subscriptions',
        title: 'No subscriptions',
        children: 'This client has asked for nothing, so it gets nothing.',
      },
    });
});

const Messages = view((_self, { id, route: rest, name }) => {
  const open = (/** @type {any} */ m) =>
    ask({
      title: m.topic,
      wide: true,
      cancel: '',
      confirm: 'Close',
      body: () => h(Payload, { base64: m.payload, size: m.payload_size, topic: m.topic }),
    });
  return () =>
    h(Table, {
      id: `client-${name}`,
      path: path(id, rest),
      refresh: 3000,
      noun: 'message',
      onOpen: open,
      rowKey: (/** @type {any} */ m) => `${m.packet_id ?? ''}:${m.topic}:${m.payload}`,
      columns: [
        name === 'inflight'
          ? { key: 'packet_id', label: 'Packet', num: true, show: (/** @type {any} */ m) => m.packet_id ?? '–' }
          : null,
        { key: 'topic', label: 'Topic', show: (/** @type {any} */ m) => h('code', null, m.topic) },
        { key: 'qos', label: 'QoS', num: true },
        name === 'inflight'
          ? {
              key: 'state',
              label: 'State',
              show: (/** @type {any} */ m) =>
                ({
                  begun: 'not yet written',
                  sent: 'sent, waits for the acknowledgement',
                  released: 'PUBREL sent, waits for PUBCOMP',
                })[m.state] ?? m.state,
            }
          : null,
        {
          key: 'payload',
          label: 'Payload',
          grow: true,
          show: (/** @type {any} */ m) => h('code', { class: 'dim' }, preview(m.payload, 120, m.topic)),
        },
        { key: 'payload_size', label: 'Size', num: true, show: (/** @type {any} */ m) => bytes(m.payload_size) },
        {
          key: 'from_clientid',
          label: 'From',
          show: (/** @type {any} */ m) =>
            m.from_clientid ? h('a', { href: link(['clients', m.from_clientid]) }, m.from_clientid) : '–',
        },
        {
          key: 'expires_in',
          label: 'Expires in',
          num: true,
          show: (/** @type {any} */ m) =>
            m.expires_in === null || m.expires_in === undefined ? 'never' : `${count(m.expires_in)} s`,
        },
      ],
      command: () => command(name === 'inflight' ? 'clients.inflight' : 'clients.queue', { clientid: id }),
      empty:
        name === 'queue'
          ? { icon: 'check', title: 'Nothing waits', children: 'All messages for this client have been sent.' }
          : {
              icon: 'check',
              title: 'Nothing in flight',
              children: 'Each message sent with QoS 1 or 2 has been acknowledged.',
            },
    });
});

const TONES = /** @type {Record<string, string>} */ ({
  connected: 'good',
  connect_refused: 'bad',
  session_ended: 'warn',
  subscribe_refused: 'bad',
  limited: 'warn',
  publish_denied: 'bad',
  publish_refused: 'bad',
  nobody: 'warn',
  receive_denied: 'bad',
  expired: 'warn',
  no_local: 'warn',
  queue_full: 'bad',
  socket_full: 'bad',
  too_large: 'bad',
  away: 'warn',
});

/** What happened to a client, newest first. */
export const Events = view((self, { id }) => {
  const it = resource(self, () =>
    get(path(id, '/events'), { limit: 500, since: route.value.query.get('since') ?? '' }).then(rows),
  );
  self.every(3000, it.load);
  let kind = '';
  return () => {
    if (it.data === undefined)
      return it.error
        ? h(Failure, { error: it.error, retry: it.load })
        : h(Loading, {});
    const kinds = [...new Set(it.data.map((e) => e.event))].sort();
    const list = it.data
      .filter((e) => !kind || e.event === kind)
      .sort((a, b) => String(b.at).localeCompare(String(a.at)));
    return h(
      Card,
      {
        title: 'Events',
        note: 'newest first',
        actions: [
          kinds.length > 1
            ? h(
                'select',
                {
                  'aria-label': 'Kind of event',
                  value: kind,
                  onChange: (/** @type {any} */ e) =>
                    self.change(() => {
                      kind = e.target.value;
                    }),
                },
                h('option', { value: '' }, 'all events'),
                kinds.map((k) => h('option', { key: k, value: k }, k)),
              )
            : null,
        ],
      },
      list.length === 0
        ? h(Empty, {
            icon: 'info',
            title: 'Nothing recorded',
            children: 'The broker keeps the last events of each client in memory since its start.',
          })
        : h(
            'ol',
            { class: 'timeline' },
            list.map((e, i) =>
              h(
                'li',
                { key: `${e.at}${e.event}${e.topic ?? ''}${i}`, class: TONES[e.event] ?? '' },
                h('time', { title: when(e.at) }, clockMillis(e.at)),
                h(
                  'div',
                  null,
                  h('strong', null, String(e.event).replaceAll('_', ' ')),
                  e.topic ? [' ', h('code', null, e.topic)] : null,
                  e.count > 1 ? [' ', h(Badge, {}, `${count(e.count)} times`)] : null,
                  e.reason ? h('span', { class: 'dim' }, ` ${String(e.reason).replaceAll('_', ' ')}`) : null,
                  e.detail ? h('p', { class: 'dim' }, e.detail) : null,
                ),
              ),
            ),
          ),
    );
  };
});
