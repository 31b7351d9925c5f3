// @ts-check
import { h, view, follow, resource } from '../dom.js';
import { command } from '../commands.js';
import { get, post, may, part, rows, ask as askApi, download } from '../api.js';
import { route, link } from '../router.js';
import { Table } from '../table.js';
import { Badge, Button, Card, Empty, Facts, Field, Tabs, ask, attempt, copy, settled, toast } from '../ui.js';
import { bytes, count, plural, when, ago } from '../format.js';
import { Log } from './system-log.js';

export const System = view((self) => {
  follow(self, route);
  return () => {
    const tab = route.value.query.get('tab') ?? 'node';
    return [
      h('div', { class: 'head', key: 'head' }, h('div', { class: 'crumbs' }, h('h1', null, 'System'))),
      h(Tabs, {
        key: 'tabs',
        value: tab,
        tabs: [
          ['node', 'Broker', link(['system'])],
          ['listeners', 'Listeners', link(['system'], { tab: 'listeners' })],
          may('operator') ? ['log', 'Log', link(['system'], { tab: 'log' })] : null,
          may('admin') ? ['config', 'Configuration', link(['system'], { tab: 'config' })] : null,
          may('admin') ? ['backup', 'Backup', link(['system'], { tab: 'backup' })] : null,
        ],
      }),
      tab === 'listeners'
        ? h(Listeners, { key: tab })
        : tab === 'log'
          ? h(Log, { key: tab })
          : tab === 'config'
            ? h(Config, { key: tab })
            : tab === 'backup'
              ? h(Backup, { key: tab })
              : h(Node, { key: 'node' }),
    ];
  };
});

const Node = view((self) => {
  const it = resource(self, () => Promise.all([get('/status'), get('/nodes').then(rows)]));
  self.every(5000, it.load);
  return () =>
    settled(it, (/** @type {any} */ [s, [n]]) =>
      h(
        'div',
        { class: 'grid' },
        h(
          Card,
          { title: 'Broker' },
          h(Facts, {
            wide: true,
            items: [
              ['Version', s.version],
              ['Node', s.node],
              ['Process', s.pid],
              ['Since', `${when(s.started)} (${ago(s.started)})`],
              ['Data folder', s.data_folder ? h('code', null, s.data_folder) : 'none: all is in memory'],
              ['Listeners', s.listeners.join(', ')],
            ],
          }),
        ),
        h(
          Card,
          { title: 'What it holds' },
          h(Facts, {
            wide: true,
            items: [
              ['Connected clients', h('a', { href: '#/clients?conn_state=connected' }, count(s.clients))],
              ['Sessions', h('a', { href: '#/clients' }, count(s.sessions))],
              ['Subscriptions', h('a', { href: '#/subscriptions' }, count(s.subscriptions))],
              ['Retained messages', h('a', { href: '#/retained' }, count(s.retained))],
            ],
          }),
        ),
        h(
          Card,
          { title: 'Machine' },
          h(Facts, {
            wide: true,
            items: [
              ['Heap', `${bytes(n.memory_used)} of ${bytes(n.memory_total)}`],
              ['Processors', n.processors],
            ],
          }),
          h(
            'div',
            { class: 'row gap' },
            h('a', { class: 'button small', href: '/metrics', target: '_blank', rel: 'noopener' }, 'Metrics'),
            h('a', { class: 'button small', href: '/api-docs', target: '_blank', rel: 'noopener' }, 'API'),
          ),
        ),
        s.last_reload_problems.length
          ? h(
              Card,
              { title: 'The last reload had problems' },
              h(
                'ul',
                { class: 'plain' },
                s.last_reload_problems.map((/** @type {string} */ p) => h('li', { key: p, class: 'bad-text' }, p)),
              ),
            )
          : null,
      ),
    );
});

const Listeners = view(() => {
  let reload = () => {};
  const act = async (/** @type {any} */ l, /** @type {string} */ what) => {
    const n = l.current_connections;
    const path = `/listeners/${part(l.id)}/${what}`;
    if (what === 'start') {
      await attempt(() => post(path), `${l.id} listens`);
    } else {
      await ask({
        title: `${what === 'stop' ? 'Stop' : 'Restart'} the listener ${l.id}?`,
        confirm: what === 'stop' ? 'Stop' : 'Restart',
        danger: true,
        type: n > 0 ? l.id : undefined,
        body: () =>
          h(
            'p',
            null,
            `${n === 0 ? 'Nobody is connected through it.' : `${plural(n, 'connection')} through it ${n === 1 ? 'ends' : 'end'} now; sessions stay.`} ${what === 'stop' ? `Nobody can connect to ${l.bind} until it is started again. At the next start of the broker it listens as the configuration says.` : 'Clients can come again at once.'}`,
          ),
        run: () => post(path),
      });
    }
    reload();
  };
  return () =>
    h(Table, {
      id: 'listeners',
      path: '/listeners',
      noun: 'listener',
      refresh: 5000,
      rowKey: (/** @type {any} */ l) => l.id,
      onReady: (/** @type {any} */ load) => {
        reload = load;
      },
      columns: [
        {
          key: 'id',
          label: 'Listener',
          sort: true,
          grow: true,
          show: (/** @type {any} */ l) => h('a', { href: link(['clients'], { listener: l.id }) }, l.id),
        },
        { key: 'type', label: 'Type', sort: true },
        { key: 'bind', label: 'Address', sort: true, show: (/** @type {any} */ l) => h('code', null, l.bind) },
        {
          key: 'running',
          label: 'State',
          show: (/** @type {any} */ l) =>
            l.running ? h(Badge, { tone: 'good' }, 'listens') : h(Badge, { tone: 'bad' }, 'stopped'),
        },
        { key: 'current_connections', label: 'Connections', num: true },
        {
          key: 'max_connections',
          label: 'At most',
          num: true,
          show: (/** @type {any} */ l) => (l.max_connections ? count(l.max_connections) : 'no limit'),
        },
      ],
      actions: may('admin')
        ? (/** @type {any} */ l) =>
            l.running
              ? [
                  h(Button, {
                    key: 'r',
                    icon: 'refresh',
                    kind: 'quiet',
                    small: true,
                    title: `Restart ${l.id}`,
                    onClick: () => act(l, 'restart'),
                  }),
                  h(Button, {
                    key: 's',
                    icon: 'stop',
                    kind: 'quiet',
                    small: true,
                    title: `Stop ${l.id}`,
                    onClick: () => act(l, 'stop'),
                  }),
                ]
              : h(Button, {
                  icon: 'play',
                  kind: 'quiet',
                  small: true,
                  title: `Start ${l.id}`,
                  onClick: () => act(l, 'start'),
                })
        : undefined,
      command: () => command('listeners.list'),
      empty: { icon: 'system', title: 'No listeners', children: 'Nobody can connect.' },
    });
});

/** What is wrong with a configuration, and where. @param {{origin: string, message: string}[]} problems @param {string} tone */
const listed = (problems, tone) =>
  problems.length
    ? h(
        'ul',
        { class: 'plain' },
        problems.map((p) =>
          h('li', { key: p.origin + p.message, class: tone }, [p.origin, p.message].filter(Boolean).join(': ')),
        ),
      )
    : null;

const Config = view((self) => {
  const it = resource(self, () => get('/configs'));
  let text = '';
  /** @type {any} */ let tried;
  let busy = false;
  const dryRun = async () => {
    self.change(() => {
      busy = true;
    });
    await attempt(async () => {
      tried = await post('/configs/dry_run', { text });
    });
    self.change(() => {
      busy = false;
    });
  };
  const reload = async () => {
    /** @type {any} */ let outcome;
    if (
      await ask({
        title: 'Read the configuration again?',
        confirm: 'Reload',
        body: () =>
          h(
            'p',
            null,
            'The broker reads its file, users, rules and certificates again, all or nothing, and looks at live sessions again. What needs a restart is said.',
          ),
        run: async () => {
          outcome = await post('/configs/reload');
        },
      })
    ) {
      toast(
        outcome.done ? 'Reloaded' : 'The broker goes on with the old configuration',
        outcome.done ? 'good' : 'bad',
      );
      await ask({
        title: 'The reload',
        cancel: '',
        confirm: 'Close',
        body: () => h('pre', { class: 'code' }, outcome.lines.join('\n')),
      });
      it.load();
    }
  };
  return () =>
    h(
      'div',
      { class: 'stack' },
      settled(it, (/** @type {any[]} */ list) =>
        h(Table, {
          id: 'config',
          rows: list,
          onReload: it.load,
          noun: 'setting',
          limit: 100,
          rowKey: (/** @type {any} */ s) => s.key,
          filters: [
            { key: 'key', label: 'Setting' },
            {
              key: 'origin',
              label: 'From',
              options: [...new Set(list.map((s) => s.origin.split(/[: ]/)[0]))].map(
                (o) => [o, o],
              ),
              match: (/** @type {any} */ s, /** @type {string} */ v) => s.origin.startsWith(v),
            },
          ],
          columns: [
            { key: 'key', label: 'Setting', show: (/** @type {any} */ s) => h('code', null, s.key) },
            {
              key: 'value',
              label: 'Value',
              grow: true,
              show: (/** @type {any} */ s) =>
                h('code', { title: s.value, class: s.value === s.default ? 'dim' : '' }, s.value),
            },
            {
              key: 'default',
              label: 'Default',
              show: (/** @type {any} */ s) => h('code', { class: 'dim' }, s.default),
            },
            { key: 'origin', label: 'From' },
            {
              key: 'live',
              label: 'Taken over',
              show: (/** @type {any} */ s) => (s.live ? 'at a reload' : 'at a restart'),
            },
          ],
          tools: h(Button, { label: 'Reload', icon: 'refresh', small: true, onClick: reload }),
          command: (/** @type {any} */ q) => command('config.show', q),
          empty: { icon: 'system', title: 'All settings are at their defaults' },
        }),
      ),
      h(
        Card,
        { title: 'Dry run', note: 'nothing is changed' },
        h(Field, {
          label: 'A whole configuration (HOCON)',
          type: 'area',
          rows: 8,
          mono: true,
          value: text,
          placeholder: 'listeners.tcp { type = tcp, bind = "127.0.0.1:1883" }',
          onInput: (/** @type {string} */ v) =>
            self.change(() => {
              text = v;
            }),
        }),
        h(
          'div',
          { class: 'row gap' },
          h(Button, { label: 'What would it do?', kind: 'primary', busy, disabled: !text.trim(), onClick: dryRun }),
          h(
            'label',
            { class: 'button' },
            'Open a file',
            h('input', {
              type: 'file',
              class: 'sr',
              onChange: async (/** @type {any} */ e) => {
                const file = e.target.files[0];
                if (file) {
                  const read = await file.text();
                  self.change(() => {
                    text = read;
                  });
                }
              },
            }),
          ),
        ),
        tried
          ? h(
              'div',
              { class: 'stack gap' },
              tried.ok
                ? h('p', { class: 'good-text' }, 'The broker could start with it.')
                : listed(tried.problems, 'bad-text'),
              listed(tried.warnings, 'warn-text'),
              tried.changes.length
                ? h(
                    'pre',
                    { class: 'code' },
                    tried.changes
                      .map(
                        (/** @type {any} */ c) =>
                          `${c.path}: ${c.before || '(unset)'} -> ${c.after || '(unset)'}${c.restart ? ' (at the next start)' : ''}`,
                      )
                      .join('\n'),
                  )
                : tried.ok
                  ? h('p', { class: 'dim' }, 'It says the same as the one that runs.')
                  : null,
            )
          : null,
      ),
    );
});

const Backup = view((self) => {
  /** @type {File | undefined} */ let file;
  /** @type {any} */ let looked;
  let waits = false;
  let busy = '';
  const take = async () => {
    self.change(() => {
      busy = 'backup';
    });
    await attempt(
      () => download('POST', '/backup', `dunlin-${new Date().toISOString().slice(0, 10)}.tar`),
      'The backup is saved',
    );
    self.change(() => {
      busy = '';
    });
  };
  const look = async () => {
    if (!file) return;
    const chosen = file;
    self.change(() => {
      busy = 'look';
    });
    await attempt(async () => {
      looked = await askApi('POST', '/restore', { query: { dry_run: true }, raw: chosen });
    });
    self.change(() => {
      busy = '';
    });
  };
  const restore = async () => {
    if (!file) return;
    const chosen = file;
    /** @type {any} */ let staged;
    const yes = await ask({
      title: 'Restore this backup?',
      confirm: 'Restore at the next start',
      danger: true,
      type: 'restore',
      body: () => [
        h(
          'p',
          { key: 'p' },
          'When the broker is started the next time, what is in the backup takes the place of what it holds then: users, bans, accounts of this console, sessions, queues and retained messages. What it holds then is moved into a folder of its own, not deleted.',
        ),
        contents(looked),
      ],
      run: async () => {
        staged = await askApi('POST', '/restore', { raw: chosen });
      },
    });
    if (yes) {
      self.change(() => {
        looked = staged;
        waits = true;
      });
      toast('The backup waits for the next start of the broker');
    }
  };
  const contents = (/** @type {any} */ it) =>
    h(Facts, {
      key: 'contents',
      wide: true,
      items: [
        ['Taken', `${when(it.taken)} (${ago(it.taken)})`],
        ['Node', it.node],
        ['Version', it.dunlin],
        ['Sessions', count(it.sessions)],
        ['Subscriptions', count(it.subscriptions)],
        ['Queued messages', count(it.queued)],
        ['Retained messages', count(it.retained)],
        ['Users', count(it.users)],
      ],
    });
  return () =>
    h(
      'div',
      { class: 'grid' },
      h(
        Card,
        { title: 'Backup' },
        h(
          'div',
          { class: 'stack' },
          h(
            'p',
            null,
            'Users, roles, bans, accounts of this console, retained messages, sessions with their queues and what is in flight, taken while the broker runs. The file has password hashes in it: keep it where nobody else can read it.',
          ),
          h(
            'div',
            { class: 'row' },
            h(Button, {
              label: 'Download a backup',
              icon: 'download',
              kind: 'primary',
              busy: busy === 'backup',
              onClick: take,
            }),
            h(Button, {
              icon: 'terminal',
              kind: 'quiet',
              title: 'Copy as command',
              onClick: () => copy(command('backup')),
            }),
          ),
        ),
      ),
      h(
        Card,
        { title: 'Restore' },
        h(
          'div',
          { class: 'stack' },
          h('p', null, 'The file is checked first; nothing changes before you say so and the broker is started anew.'),
          h(Field, {
            label: 'Backup',
            type: 'file',
            onInput: (/** @type {any} */ f) =>
              self.change(() => {
                file = f;
                looked = undefined;
                waits = false;
              }),
          }),
          h(
            'div',
            { class: 'row' },
            h(Button, { label: 'Look into it', disabled: !file, busy: busy === 'look', onClick: look }),
            looked && !waits ? h(Button, { label: 'Restore', kind: 'danger', icon: 'upload', onClick: restore }) : null,
          ),
          looked ? h('p', { class: waits ? 'bad-text' : 'good-text' }, looked.message) : null,
          looked ? contents(looked) : null,
        ),
      ),
      h(
        Card,
        { title: 'On the command line' },
        h(Empty, {
          icon: 'terminal',
          title: 'dunlin backup, dunlin restore',
          children: 'The same for scripts and timers.',
        }),
      ),
    );
});
