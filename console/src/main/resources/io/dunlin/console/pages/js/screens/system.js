// @ts-check
import { h, view, follow, resource } from '../dom.js';
import { command } from '../commands.js';
import { get, post, may, part, body, rows, offers, ask as askApi, download } from '../api.js';
import { route, link } from '../router.js';
import { Table } from '../table.js';
import { Badge, Button, Card, Empty, Facts, Field, Tabs, ask, attempt, copy, settled, toast } from '../ui.js';
import { bytes, count, plural, span, when, ago } from '../format.js';
import { Log } from './system-log.js';

export const System = view((self) => {
  follow(self, route);
  let backup = false;
  let config = false;
  let log = false;
  self.onMount(() => {
    if (may('operator')) {
      offers('/log').then((has) =>
        self.change(() => {
          log = has;
        }),
      );
    }
    if (may('admin')) {
      offers('/configs').then((has) =>
        self.change(() => {
          config = has;
        }),
      );
      offers('/backup').then((has) =>
        self.change(() => {
          backup = has;
        }),
      );
    }
  });
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
          log ? ['log', 'Log', link(['system'], { tab: 'log' })] : null,
          config ? ['config', 'Configuration', link(['system'], { tab: 'config' })] : null,
          backup ? ['backup', 'Backup', link(['system'], { tab: 'backup' })] : null,
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
  const status = resource(self, () => get('/status').then(body));
  const nodes = resource(self, () =>
    get('/nodes')
      .then((a) => rows(a)[0] ?? body(a))
      .catch(() => ({})),
  );
  self.every(5000, () => {
    status.load();
    nodes.load();
  });
  return () =>
    settled(status, (/** @type {any} */ s) => {
      const n = nodes.data ?? {};
      return h(
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
              [
                'Since',
                s.started
                  ? `${when(s.started)} (${ago(s.started)})`
                  : n.uptime !== undefined
                    ? span(n.uptime * 1000)
                    : '–',
              ],
              ['Data folder', s.data_folder ? h('code', null, s.data_folder) : 'none: all is in memory'],
              ['Listeners', s.listeners?.join(', ')],
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
              n.memory_used !== undefined ? ['Heap', `${bytes(n.memory_used)} of ${bytes(n.memory_total)}`] : null,
              n.processors ? ['Processors', n.processors] : null,
              n.java ? ['Java', n.java] : null,
              n.os ? ['System', n.os] : null,
            ],
          }),
          h(
            'div',
            { class: 'row gap' },
            h('a', { class: 'button small', href: '/metrics', target: '_blank', rel: 'noopener' }, 'Metrics'),
            h('a', { class: 'button small', href: '/api-docs', target: '_blank', rel: 'noopener' }, 'API'),
          ),
        ),
        s.last_reload_problems?.length
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
      );
    });
});

const Listeners = view(() => {
  let reload = () => {};
  const act = async (/** @type {any} */ l, /** @type {string} */ what) => {
    const n = l.current_connections ?? 0;
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

/** The settings as rows, in whichever form they come. @param {any} answer */
function settings(answer) {
  const found = body(answer);
  if (Array.isArray(found)) return found;
  return (
    found?.settings ??
    Object.entries(found ?? {}).map(([key, it]) =>
      it && typeof it === 'object' && !Array.isArray(it) ? { key, .../** @type {any} */ (it) } : { key, value: it },
    )
  );
}

const Config = view((self) => {
  const it = resource(self, () => get('/configs').then(settings));
  let text = '';
  /** @type {any} */ let tried;
  let busy = false;
  const dryRun = async () => {
    self.change(() => {
      busy = true;
    });
    await attempt(async () => {
      tried = body(await post('/configs/dry_run', { text }));
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
          outcome = body(await post('/configs/reload'));
        },
      })
    ) {
      toast(
        outcome?.done === false ? 'The broker goes on with the old configuration' : 'Reloaded',
        outcome?.done === false ? 'bad' : 'good',
      );
      await ask({
        title: 'The reload',
        cancel: '',
        confirm: 'Close',
        body: () => h('pre', { class: 'code' }, (outcome?.lines ?? []).join('\n') || JSON.stringify(outcome, null, 2)),
      });
      it.load();
    }
  };
  const shown = (/** @type {any} */ v) =>
    v === null || v === undefined ? '–' : typeof v === 'object' ? JSON.stringify(v) : String(v);
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
              options: [...new Set(list.map((s) => String(s.origin ?? '').split(/[: ]/)[0]).filter(Boolean))].map(
                (o) => [o, o],
              ),
              match: (/** @type {any} */ s, /** @type {string} */ v) => String(s.origin).startsWith(v),
            },
          ],
          columns: [
            { key: 'key', label: 'Setting', show: (/** @type {any} */ s) => h('code', null, s.key) },
            {
              key: 'value',
              label: 'Value',
              grow: true,
              show: (/** @type {any} */ s) =>
                h(
                  'code',
                  {
                    title: shown(s.value),
                    class: s.default !== undefined && shown(s.value) === shown(s.default) ? 'dim' : '',
                  },
                  shown(s.value),
                ),
            },
            {
              key: 'default',
              label: 'Default',
              show: (/** @type {any} */ s) => h('code', { class: 'dim' }, shown(s.default)),
            },
            { key: 'origin', label: 'From' },
            {
              key: 'live',
              label: 'Taken over',
              show: (/** @type {any} */ s) =>
                s.live === true ? 'at a reload' : s.live === false ? 'at a restart' : '–',
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
              (tried.problems ?? tried.errors ?? []).length
                ? h(
                    'ul',
                    { class: 'plain' },
                    (tried.problems ?? tried.errors).map((/** @type {any} */ p) =>
                      h('li', { key: String(p.message ?? p), class: 'bad-text' }, [p.origin, p.message ?? p].filter(Boolean).join(': ')),
                    ),
                  )
                : h('p', { class: 'good-text' }, 'The broker could start with it.'),
              (tried.changes ?? tried.diff ?? []).length
                ? h(
                    'pre',
                    { class: 'code' },
                    (tried.changes ?? tried.diff)
                      .map((/** @type {any} */ c) =>
                        typeof c === 'string'
                          ? c
                          : `${c.path}: ${shown(c.before)} -> ${shown(c.after)}${c.restart ? ' (at the next start)' : ''}`,
                      )
                      .join('\n'),
                  )
                : (tried.problems ?? []).length
                  ? null
                  : h('p', { class: 'dim' }, 'It says the same as the one that runs.'),
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
      looked = body(await askApi('POST', '/restore', { query: { dry_run: true }, raw: chosen }));
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
        staged = body(await askApi('POST', '/restore', { raw: chosen }));
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
