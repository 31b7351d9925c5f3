// @ts-check
import { h, view, follow } from '../dom.js';
import { command } from '../commands.js';
import { post, remove, part, may } from '../api.js';
import { route, link } from '../router.js';
import { Table } from '../table.js';
import { Badge, Button, Field, Tabs, ask, toast } from '../ui.js';
import { ago, when } from '../format.js';
import { ban } from './client-actions.js';
import { Users, Groups, Roles } from './security-users.js';
import { Explain } from './security-explain.js';
import { Certificates, TokenKeys } from './security-certificates.js';

const TABS = [
  ['users', 'Users', 'admin'],
  ['groups', 'Groups', 'admin'],
  ['roles', 'Roles', 'admin'],
  ['explain', 'Who may what', 'admin'],
  ['banned', 'Bans', 'operator'],
  ['certificates', 'Certificates', 'viewer'],
  ['tokens', 'Token keys', 'viewer'],
  ['keys', 'API keys', 'admin'],
  ['accounts', 'Console', 'admin'],
  ['log', 'Audit log', 'admin'],
];

export const Security = view((self) => {
  follow(self, route);
  return () => {
    const shown = TABS.filter(([, , role]) => may(/** @type {any} */ (role)));
    const tab = route.value.query.get('tab') ?? shown[0]?.[0];
    const screen = /** @type {any} */ ({
      users: Users,
      groups: Groups,
      roles: Roles,
      explain: Explain,
      banned: Banned,
      certificates: Certificates,
      tokens: TokenKeys,
      keys: Keys,
      accounts: Accounts,
      log: Log,
    })[tab];
    return [
      h('div', { class: 'head', key: 'head' }, h('div', { class: 'crumbs' }, h('h1', null, 'Security'))),
      h(Tabs, {
        key: 'tabs',
        value: tab,
        tabs: shown.map(([key, text]) => [key, text, link(['security'], { tab: key })]),
      }),
      screen ? h(screen, { key: tab }) : null,
    ];
  };
});

const Banned = view(() => {
  let reload = () => {};
  return () =>
    h(Table, {
      id: 'banned',
      path: '/banned',
      noun: 'ban',
      rowKey: (/** @type {any} */ b) => `${b.kind} ${b.subject}`,
      onReady: (/** @type {any} */ load) => {
        reload = load;
      },
      filters: [
        { key: 'like_subject', label: 'Who' },
        {
          key: 'kind',
          label: 'Kind',
          options: [
            ['client', 'client'],
            ['user', 'user'],
            ['address', 'address'],
          ],
        },
      ],
      columns: [
        { key: 'kind', label: 'Kind', sort: true },
        { key: 'subject', label: 'Who', sort: true, show: (/** @type {any} */ b) => h('b', null, b.subject) },
        { key: 'reason', label: 'Reason', grow: true },
        { key: 'by', label: 'By', sort: true },
        {
          key: 'since',
          label: 'Since',
          sort: true,
          show: (/** @type {any} */ b) => h('span', { title: when(b.since) }, ago(b.since)),
        },
        {
          key: 'until',
          label: 'Until',
          sort: true,
          show: (/** @type {any} */ b) => (b.until ? h('span', { title: when(b.until) }, ago(b.until)) : 'for ever'),
        },
      ],
      tools: h(Button, {
        label: 'Ban',
        icon: 'plus',
        kind: 'primary',
        small: true,
        onClick: () =>
          ban().then((yes) => {
            if (yes) reload();
          }),
      }),
      actions: (/** @type {any} */ b) =>
        h(Button, {
          icon: 'trash',
          kind: 'quiet',
          small: true,
          title: `Lift the ban of ${b.subject}`,
          onClick: async () => {
            if (
              await ask({
                title: `Lift the ban of ${b.kind} ${b.subject}?`,
                confirm: 'Lift',
                body: () => h('p', null, 'It may connect again at once.'),
                run: () => remove(`/banned/${part(b.kind)}/${part(b.subject)}`),
              })
            )
              reload();
          },
        }),
      command: () => command('bans.list'),
      empty: { icon: 'ban', title: 'Nobody is banned' },
    });
});

const Keys = view(() => {
  let reload = () => {};
  const add = async () => {
    let name = '';
    let role = 'viewer';
    let time = '30d';
    /** @type {any} */ let made;
    const yes = await ask({
      title: 'New API key',
      confirm: 'Create',
      body: (redraw) => [
        h('p', { key: 'p' }, 'For scripts and dashboards: sent as Authorization: Bearer KEY.'),
        h(
          'div',
          { key: 'f', class: 'form' },
          h(Field, {
            label: 'Name',
            value: name,
            onInput: (/** @type {string} */ v) => {
              name = v;
              redraw();
            },
          }),
          h(Field, {
            label: 'Role',
            type: 'select',
            options: ['viewer', 'operator', 'admin'],
            value: role,
            onInput: (/** @type {string} */ v) => {
              role = v;
              redraw();
            },
          }),
          h(Field, {
            label: 'Valid for',
            type: 'select',
            options: [
              ['1d', '1 day'],
              ['30d', '30 days'],
              ['365d', '1 year'],
              ['', 'for ever'],
            ],
            value: time,
            onInput: (/** @type {string} */ v) => {
              time = v;
              redraw();
            },
          }),
        ),
      ],
      run: async () => {
        made = await post('/api_keys', { name, role, ...(time ? { time } : {}) });
      },
    });
    if (!yes) return;
    await ask({
      title: `The key ${name}`,
      confirm: 'I have kept it',
      cancel: '',
      body: () => [
        h('p', { key: 'p' }, 'It is shown now and never again.'),
        h('pre', { key: 'k', class: 'code' }, made.key),
        h(Button, {
          key: 'c',
          label: 'Copy',
          icon: 'copy',
          onClick: () => navigator.clipboard?.writeText(made.key).then(() => toast('The key is copied')),
        }),
      ],
    });
    reload();
  };
  return () =>
    h(Table, {
      id: 'keys',
      path: '/api_keys',
      noun: 'key',
      rowKey: (/** @type {any} */ k) => k.name,
      onReady: (/** @type {any} */ load) => {
        reload = load;
      },
      filters: [{ key: 'like_name', label: 'Name' }],
      columns: [
        { key: 'name', label: 'Name', sort: true, grow: true, show: (/** @type {any} */ k) => h('b', null, k.name) },
        {
          key: 'role',
          label: 'Role',
          sort: true,
          show: (/** @type {any} */ k) => h(Badge, { tone: k.role === 'admin' ? 'warn' : '' }, k.role),
        },
        { key: 'by', label: 'Made by', sort: true },
        {
          key: 'created',
          label: 'Made',
          sort: true,
          show: (/** @type {any} */ k) => h('span', { title: when(k.created) }, ago(k.created)),
        },
        {
          key: 'expires',
          label: 'Ends',
          sort: true,
          show: (/** @type {any} */ k) => (k.expires ? h('span', { title: when(k.expires) }, ago(k.expires)) : 'never'),
        },
      ],
      tools: h(Button, { label: 'API key', icon: 'plus', kind: 'primary', small: true, onClick: add }),
      actions: (/** @type {any} */ k) =>
        h(Button, {
          icon: 'trash',
          kind: 'quiet',
          small: true,
          title: `Delete ${k.name}`,
          onClick: async () => {
            if (
              await ask({
                title: `Delete the key ${k.name}?`,
                confirm: 'Delete',
                danger: true,
                body: () => h('p', null, 'Whoever uses it is refused from now on.'),
                run: () => remove(`/api_keys/${part(k.name)}`),
              })
            )
              reload();
          },
        }),
      empty: { icon: 'key', title: 'No API keys' },
    });
});

const Accounts = view(() => {
  let reload = () => {};
  const save = async (/** @type {any} */ u) => {
    let username = u?.username ?? '';
    let password = '';
    let role = u?.role ?? 'viewer';
    if (
      await ask({
        title: u ? `Password and role of ${u.username}` : 'New account of the console',
        confirm: u ? 'Save' : 'Create',
        body: (redraw) =>
          h(
            'div',
            { class: 'form' },
            h(Field, {
              label: 'Name',
              value: username,
              disabled: !!u,
              onInput: (/** @type {string} */ v) => {
                username = v;
                redraw();
              },
            }),
            h(Field, {
              label: 'Password',
              type: 'password',
              autocomplete: 'new-password',
              value: password,
              onInput: (/** @type {string} */ v) => {
                password = v;
                redraw();
              },
            }),
            h(Field, {
              label: 'Role',
              type: 'select',
              options: [
                ['viewer', 'viewer: sees'],
                ['operator', 'operator: publishes, kicks, bans, traces'],
                ['admin', 'admin: all'],
              ],
              value: role,
              onInput: (/** @type {string} */ v) => {
                role = v;
                redraw();
              },
            }),
          ),
        run: () => post('/console_users', { username, password, role }),
      })
    )
      reload();
  };
  return () =>
    h(Table, {
      id: 'accounts',
      path: '/console_users',
      noun: 'account',
      rowKey: (/** @type {any} */ u) => u.username,
      onReady: (/** @type {any} */ load) => {
        reload = load;
      },
      columns: [
        {
          key: 'username',
          label: 'Name',
          sort: true,
          grow: true,
          show: (/** @type {any} */ u) => h('b', null, u.username),
        },
        {
          key: 'role',
          label: 'Role',
          sort: true,
          show: (/** @type {any} */ u) => h(Badge, { tone: u.role === 'admin' ? 'warn' : '' }, u.role),
        },
      ],
      tools: h(Button, {
        label: 'Account',
        icon: 'plus',
        kind: 'primary',
        small: true,
        onClick: () => save(undefined),
      }),
      actions: (/** @type {any} */ u) => [
        h(Button, {
          key: 'e',
          icon: 'key',
          kind: 'quiet',
          small: true,
          title: `Password of ${u.username}`,
          onClick: () => save(u),
        }),
        h(Button, {
          key: 'd',
          icon: 'trash',
          kind: 'quiet',
          small: true,
          title: `Delete ${u.username}`,
          onClick: async () => {
            if (
              await ask({
                title: `Delete the account ${u.username}?`,
                confirm: 'Delete',
                danger: true,
                body: () => h('p', null, 'It is logged out and cannot log in to the console any more.'),
                run: () => remove(`/console_users/${part(u.username)}`),
              })
            )
              reload();
          },
        }),
      ],
      empty: { icon: 'user', title: 'No accounts' },
    });
});

/** The administrator, or the client where none had a hand in it. @param {any} e */
const actor = (e) => (e.who === undefined ? 'client' : 'who');

/** What else an entry says. @param {any} e */
const others = (e) =>
  Object.entries(e)
    .filter(([key]) => !['time', 'event', 'through', actor(e)].includes(key))
    .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' ');

const Log = view(
  () => () =>
    h(Table, {
      id: 'audit',
      path: '/audit_log',
      noun: 'entry',
      nouns: 'entries',
      rowKey: (/** @type {any} */ e) => JSON.stringify(e),
      onOpen: (/** @type {any} */ e) => {
        ask({
          title: e.event,
          wide: true,
          cancel: '',
          confirm: 'Close',
          body: () => h('pre', { class: 'code' }, JSON.stringify(e, null, 2)),
        });
      },
      filters: [
        { key: 'like_event', label: 'Event' },
        { key: 'who', label: 'Administrator' },
      ],
      command: (/** @type {any} */ q) => command('audit.log', q),
      columns: [
        { key: 'time', label: 'Time', sort: true, show: (/** @type {any} */ e) => when(e.time) },
        {
          key: 'event',
          label: 'Event',
          show: (/** @type {any} */ e) =>
            h(Badge, { tone: /denied|refused|failed/.test(e.event) ? 'bad' : '' }, e.event),
        },
        {
          key: 'who',
          label: 'Who',
          value: (/** @type {any} */ e) => e[actor(e)],
          show: (/** @type {any} */ e) => e[actor(e)] ?? h('span', { class: 'none' }, '–'),
        },
        { key: 'through', label: 'Through' },
        {
          key: 'rest',
          label: 'About',
          grow: true,
          value: others,
          show: (/** @type {any} */ e) => h('code', { class: 'dim' }, others(e)),
        },
      ],
      empty: {
        icon: 'security',
        title: 'The audit log is empty',
        children: 'What is administered, refused and denied is written there, where audit-log.enabled is on.',
      },
    }),
);
