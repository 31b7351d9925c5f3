// @ts-check
import { h, view, follow, resource } from '../dom.js';
import { command } from '../commands.js';
import { get, rows } from '../api.js';
import { route, go, link } from '../router.js';
import { Table } from '../table.js';
import { Badge, Card, Empty, Tabs, settled } from '../ui.js';
import { count, plural } from '../format.js';

const yes = (/** @type {string} */ key) => (/** @type {any} */ s) => (s[key] ? 'yes' : 'no');

export const Subscriptions = view((self) => {
  follow(self, route);
  return () => {
    const tab = route.value.query.get('tab') ?? 'all';
    return [
      h('div', { class: 'head', key: 'head' }, h('div', { class: 'crumbs' }, h('h1', null, 'Subscriptions'))),
      h(Tabs, {
        key: 'tabs',
        value: tab,
        tabs: [
          ['all', 'All', link(['subscriptions'])],
          ['shared', 'Shared groups', link(['subscriptions'], { tab: 'shared' })],
        ],
      }),
      tab === 'shared'
        ? h(Groups, { key: 'groups' })
        : h(Table, {
            key: 'table',
            id: 'subscriptions',
            path: '/subscriptions',
            noun: 'subscription',
            rowKey: (/** @type {any} */ s) => `${s.clientid}\n${s.topic}`,
            onOpen: (/** @type {any} */ s) => go(['clients', s.clientid], { tab: 'subscriptions' }),
            filters: [
              { key: 'clientid', label: 'Client' },
              { key: 'topic', label: 'Filter' },
              { key: 'match_topic', label: 'Gets the topic' },
              { key: 'share_group', label: 'Group' },
              {
                key: 'qos',
                label: 'QoS',
                options: [
                  ['0', '0'],
                  ['1', '1'],
                  ['2', '2'],
                ],
              },
            ],
            columns: [
              {
                key: 'clientid',
                label: 'Client',
                sort: true,
                show: (/** @type {any} */ s) => h('a', { href: link(['clients', s.clientid]) }, s.clientid),
              },
              {
                key: 'topic',
                label: 'Topic filter',
                sort: true,
                grow: true,
                show: (/** @type {any} */ s) => h('code', null, s.topic),
              },
              { key: 'share_group', label: 'Shared as', sort: true },
              { key: 'qos', label: 'QoS', sort: true, num: true },
              {
                key: 'connected',
                label: 'State',
                show: (/** @type {any} */ s) =>
                  s.connected ? h(Badge, { tone: 'good' }, 'connected') : h(Badge, {}, 'away'),
              },
              { key: 'nl', label: 'No local', hidden: true, show: yes('nl') },
              { key: 'rap', label: 'Retain as published', hidden: true, show: yes('rap') },
              {
                key: 'rh',
                label: 'Retained sent',
                hidden: true,
                show: (/** @type {any} */ s) => ['always', 'when new', 'never'][s.rh] ?? '–',
              },
              { key: 'subid', label: 'Identifier', num: true, hidden: true },
            ],
            command: (/** @type {any} */ q) => command('clients.subscriptions', q),
            empty: {
              icon: 'subscriptions',
              title: 'Nobody has subscribed',
              children: "dunlin sub -t '#' -v shows all messages in a terminal.",
            },
          }),
    ];
  };
});

/** Shared groups with what waits for each member. */
const Groups = view((self) => {
  const it = resource(self, () => get('/shared_groups', { limit: 500 }).then(rows));
  self.every(3000, it.load);
  return () =>
    settled(it, (/** @type {any[]} */ list) =>
      list.length === 0
        ? h(
            Card,
            {},
            h(Empty, {
              icon: 'subscriptions',
              title: 'No shared groups',
              children: 'Clients that subscribe to $share/NAME/FILTER share the messages: each goes to one of them.',
            }),
          )
        : h(
            'div',
            { class: 'grid charts' },
            list.map((g) => {
              const most = Math.max(1, ...g.members.map((/** @type {any} */ m) => m.lag));
              return h(
                Card,
                {
                  key: g.topic,
                  title: h('code', null, g.topic),
                  note: plural(g.members_cnt, 'member'),
                },
                h(
                  'table',
                  { class: 'members' },
                  h(
                    'thead',
                    null,
                    h(
                      'tr',
                      null,
                      h('th', null, 'Member'),
                      h('th', null, 'State'),
                      h('th', null, 'Lag'),
                      h('th', { class: 'num' }, 'Queued'),
                      h('th', { class: 'num' }, 'In flight'),
                    ),
                  ),
                  h(
                    'tbody',
                    null,
                    g.members.map((/** @type {any} */ m) =>
                      h(
                        'tr',
                        { key: m.clientid },
                        h('td', null, h('a', { href: link(['clients', m.clientid]) }, m.clientid)),
                        h('td', null, m.connected ? h(Badge, { tone: 'good' }, 'connected') : h(Badge, {}, 'away')),
                        h(
                          'td',
                          null,
                          h('meter', { min: 0, max: most, value: m.lag, 'aria-label': `lag of ${m.clientid}` }),
                        ),
                        h('td', { class: 'num' }, count(m.mqueue_len)),
                        h('td', { class: 'num' }, count(m.inflight_cnt)),
                      ),
                    ),
                  ),
                ),
              );
            }),
          ),
    );
});
