// @ts-check
/** Certificates that the broker works with, and the keys for tokens. */
import { h, view } from '../dom.js';
import { command } from '../commands.js';
import { Table } from '../table.js';
import { Badge, ask } from '../ui.js';
import { ago, count, when } from '../format.js';

const STATES = /** @type {Record<string, [string, string]>} */ ({
  ok: ['good', 'ok'],
  not_yet: ['bad', 'not yet valid'],
  ends_soon: ['warn', 'ends soon'],
  ended: ['bad', 'ended'],
});

const details = (/** @type {string} */ title) => (/** @type {any} */ row) => {
  ask({
    title,
    wide: true,
    cancel: '',
    confirm: 'Close',
    body: () => h('pre', { class: 'code' }, JSON.stringify(row, null, 2)),
  });
};

export const Certificates = view(
  () => () =>
    h(Table, {
      id: 'certificates',
      path: '/certificates',
      noun: 'certificate',
      rowKey: (/** @type {any} */ c) => `${c.setting} ${c.subject} ${c.serial}`,
      onOpen: details('Certificate'),
      filters: [
        { key: 'like_subject', label: 'Subject' },
        { key: 'like_setting', label: 'Setting' },
        { key: 'state', label: 'State', options: Object.entries(STATES).map(([key, [, text]]) => [key, text]) },
      ],
      columns: [
        {
          key: 'subject',
          label: 'Subject',
          sort: true,
          grow: true,
          show: (/** @type {any} */ c) => h('b', { title: c.subject }, c.subject),
        },
        {
          key: 'state',
          label: 'State',
          show: (/** @type {any} */ c) => h(Badge, { tone: STATES[c.state]?.[0] }, STATES[c.state]?.[1] ?? c.state),
        },
        { key: 'days_left', label: 'Days left', sort: true, num: true },
        { key: 'not_after', label: 'Until', sort: true, show: (/** @type {any} */ c) => when(c.not_after) },
        { key: 'setting', label: 'Setting', sort: true, show: (/** @type {any} */ c) => h('code', null, c.setting) },
        {
          key: 'names',
          label: 'Names',
          value: (/** @type {any} */ c) => c.names.join(' '),
          show: (/** @type {any} */ c) => c.names.join(', ') || '–',
        },
        { key: 'issuer', label: 'Issuer', sort: true },
        { key: 'key_algorithm', label: 'Key' },
        { key: 'not_before', label: 'From', sort: true, hidden: true, show: (/** @type {any} */ c) => when(c.not_before) },
        { key: 'serial', label: 'Serial', hidden: true, show: (/** @type {any} */ c) => h('code', null, c.serial) },
      ],
      command: (/** @type {any} */ q) => command('certificates.list', q),
      empty: {
        icon: 'security',
        title: 'No certificates',
        children: 'No listener has TLS, nor the console, and no service is known by an authority of its own.',
      },
    }),
);

export const TokenKeys = view(
  () => () =>
    h(Table, {
      id: 'jwt_keys',
      path: '/jwt_keys',
      noun: 'set of keys',
      nouns: 'sets of keys',
      rowKey: (/** @type {any} */ k) => k.setting,
      onOpen: details('Keys for tokens'),
      columns: [
        { key: 'setting', label: 'Setting', show: (/** @type {any} */ k) => h('code', null, k.setting) },
        { key: 'source', label: 'Source', grow: true, show: (/** @type {any} */ k) => h('code', null, k.source || '–') },
        { key: 'keys', label: 'Keys', num: true, show: (/** @type {any} */ k) => count(k.keys) },
        {
          key: 'key_ids',
          label: 'Ids',
          value: (/** @type {any} */ k) => k.key_ids.join(' '),
          show: (/** @type {any} */ k) => k.key_ids.join(', ') || '–',
        },
        {
          key: 'fetched_at',
          label: 'Fetched',
          show: (/** @type {any} */ k) =>
            k.fetched_at ? h('span', { title: when(k.fetched_at) }, ago(k.fetched_at)) : 'never',
        },
        { key: 'fetches', label: 'Fetches', num: true, hidden: true },
        { key: 'failed_fetches', label: 'Failed', num: true },
        {
          key: 'error',
          label: 'Last error',
          show: (/** @type {any} */ k) => (k.error ? h('span', { class: 'bad-text' }, k.error) : '–'),
        },
      ],
      command: () => command('jwt_keys.list'),
      empty: {
        icon: 'key',
        title: 'No keys for tokens',
        children: 'Logins with JSON Web Tokens are not configured (authentication.jwt).',
      },
    }),
);
