// @ts-check
import { h, view, follow, resource, cx } from '../dom.js';
import { command } from '../commands.js';
import { icon } from '../icons.js';
import { get, post, put, remove, part, rows, download } from '../api.js';
import { route, setQuery, go, link } from '../router.js';
import { shortcuts } from '../keys.js';
import { Table } from '../table.js';
import { Badge, Button, Card, Empty, Facts, Failure, Field, Loading, Menu, ask, attempt, copy, toast } from '../ui.js';
import { bytes, clockMillis, count, when, ago, plural, span, millis, toBase64 } from '../format.js';
import { Payload } from '../payload.js';
import { toBytes } from './tester-model.js';

const KINDS = [
  ['clientid', 'client id'],
  ['topic', 'topic filter'],
  ['ip_address', 'address'],
  ['username', 'user'],
];
/** What a trace is about: [kind, value]. @param {any} t */
function about(t) {
  const found = KINDS.filter(([key]) => t[key]);
  return [found.map(([, text]) => text).join(', '), found.map(([key]) => t[key]).join(', ')];
}

const running = (/** @type {any} */ t) => t.status === 'running';

/** Asks for what is to be traced. @param {string} [type] @param {string} [value] */
async function begin(type = 'clientid', value = '') {
  let name = `${(value || 'trace').replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 32)}-${new Date().toISOString().slice(11, 19).replaceAll(':', '')}`;
  let minutes = '5';
  let size = '8';
  const done = await ask({
    title: 'New trace',
    confirm: 'Start',
    body: (redraw) => [
      h(
        'p',
        { key: 'p' },
        'Records the packets of the connections that fit, as they are after TLS. Passwords and authentication data are masked.',
      ),
      h(
        'div',
        { class: 'form', key: 'f' },
        h(Field, {
          label: 'By',
          type: 'select',
          options: KINDS,
          value: type,
          onInput: (/** @type {string} */ v) => {
            type = v;
            redraw();
          },
        }),
        h(Field, {
          label: KINDS.find(([k]) => k === type)?.[1] ?? '',
          value,
          mono: true,
          onInput: (/** @type {string} */ v) => {
            value = v;
            redraw();
          },
        }),
        h(Field, {
          label: 'For how long',
          type: 'select',
          options: [
            ['1', '1 minute'],
            ['5', '5 minutes'],
            ['15', '15 minutes'],
            ['60', '1 hour'],
          ],
          value: minutes,
          onInput: (/** @type {string} */ v) => {
            minutes = v;
            redraw();
          },
        }),
        h(Field, {
          label: 'At most',
          type: 'select',
          options: [
            ['1', '1 MiB'],
            ['8', '8 MiB'],
            ['64', '64 MiB'],
          ],
          value: size,
          onInput: (/** @type {string} */ v) => {
            size = v;
            redraw();
          },
        }),
        h(Field, {
          label: 'Name',
          span: true,
          value: name,
          onInput: (/** @type {string} */ v) => {
            name = v;
            redraw();
          },
        }),
      ),
    ],
    run: () => {
      if (!value.trim()) throw new Error('Say what is to be traced.');
      return post('/trace', {
        name,
        type,
        value: value.trim(),
        seconds: Number(minutes) * 60,
        max_bytes: Number(size) * 1048576,
      });
    },
  });
  if (done) go(['trace', name]);
}

export const Trace = view((self) => {
  follow(self, route);
  if (route.value.parts[1] !== undefined) return () => h(One, { name: route.value.parts[1] });
  let reload = () => {};
  self.onMount(() =>
    shortcuts([
      {
        keys: 'c',
        does: 'new trace',
        run: () => {
          begin();
        },
      },
    ]),
  );
  self.onMount(() => {
    const type = route.value.query.get('new');
    if (type) {
      const value = route.value.query.get('value') ?? '';
      setQuery({ new: '', value: '' });
      begin(type, value);
    }
  });
  return () => [
    h(
      'div',
      { class: 'head', key: 'head' },
      h('div', { class: 'crumbs' }, h('h1', null, 'Packet trace')),
      h('span', { class: 'grow' }),
      h(Button, { label: 'New trace', icon: 'plus', kind: 'primary', onClick: () => begin() }),
    ),
    h(Table, {
      key: 'table',
      id: 'traces',
      path: '/trace',
      refresh: 3000,
      noun: 'trace',
      rowKey: (/** @type {any} */ t) => t.name,
      onReady: (/** @type {any} */ load) => {
        reload = load;
      },
      onOpen: (/** @type {any} */ t) => go(['trace', t.name]),
      columns: [
        {
          key: 'name',
          label: 'Name',
          grow: true,
          show: (/** @type {any} */ t) => h('a', { href: link(['trace', t.name]) }, t.name),
        },
        {
          key: 'status',
          label: 'State',
          show: (/** @type {any} */ t) => h(Badge, { tone: running(t) ? 'good' : '' }, t.status),
        },
        { key: 'type', label: 'By', show: (/** @type {any} */ t) => about(t)[0] },
        { key: 'value', label: 'Of', show: (/** @type {any} */ t) => h('code', null, about(t)[1]) },
        { key: 'packets', label: 'Packets', num: true },
        { key: 'bytes', label: 'Size', num: true, show: (/** @type {any} */ t) => bytes(t.bytes) },
        {
          key: 'start_at',
          label: 'Began',
          show: (/** @type {any} */ t) => h('span', { title: when(t.start_at) }, ago(t.start_at)),
        },
      ],
      actions: (/** @type {any} */ t) => [
        running(t)
          ? h(Button, {
              icon: 'stop',
              kind: 'quiet',
              small: true,
              title: 'Stop',
              onClick: () => attempt(() => put(`/trace/${part(t.name)}/stop`), `${t.name} is stopped`).then(reload),
            })
          : null,
        h(Button, {
          icon: 'trash',
          kind: 'quiet',
          small: true,
          title: 'Delete',
          onClick: () =>
            drop(t).then((done) => {
              if (done) reload();
            }),
        }),
      ],
      command: () => command('trace.list'),
      empty: {
        icon: 'trace',
        title: 'No traces',
        children:
          'A trace records each packet of a client, a topic, an address or a user, decoded and in hexadecimal, for a limited time. Press c to begin one.',
      },
    }),
  ];
});

/** @param {any} t */
async function drop(t) {
  const done = await ask({
    title: `Delete the trace ${t.name}?`,
    confirm: 'Delete',
    danger: true,
    body: () =>
      h(
        'p',
        null,
        `${plural(t.packets, 'packet')} (${bytes(t.bytes)}) are deleted${running(t) ? ', and recording ends' : ''}.`,
      ),
    run: () => remove(`/trace/${part(t.name)}`),
  });
  if (done) toast('The trace is deleted');
  return done;
}

const One = view((self, { name }) => {
  follow(self, route);
  const it = resource(self, () => get(`/trace/${part(name)}`));
  /** @type {any[]} */ let packets = [];
  /** @type {any} */ let problem;
  let busy = false;
  let follow_ = true;
  let current = -1;
  const q = (/** @type {string} */ key) => route.value.query.get(key) ?? '';
  const more = async () => {
    if (busy) return;
    busy = true;
    try {
      for (;;) {
        const full = Math.floor(packets.length / 1000);
        const answer = await get(`/trace/${part(name)}/log`, { page: full + 1, limit: 1000 });
        packets = [...packets.slice(0, full * 1000), ...rows(answer)];
        if (!answer.meta.hasnext || packets.length >= 20_000) break;
      }
      problem = undefined;
    } catch (e) {
      problem = e;
    }
    busy = false;
    self.redraw();
  };
  self.onMount(() => {
    more();
  });
  self.every(2000, () => {
    it.load();
    if (follow_ && (!it.data || running(it.data))) more();
  });
  const shown = () =>
    packets.filter((p) => {
      const text = q('q').toLowerCase();
      return (
        (!q('type') || p.packet === q('type')) &&
        (!q('dir') || p.direction === q('dir')) &&
        (!q('errors') || p.error) &&
        (!text || `${p.summary} ${p.clientid} ${p.packet}`.toLowerCase().includes(text))
      );
    });
  const step = (/** @type {number} */ by) =>
    self.change(() => {
      current = Math.max(0, Math.min(shown().length - 1, current + by));
      setTimeout(() => document.querySelector('.packets tr.current')?.scrollIntoView({ block: 'nearest' }));
    });
  self.onMount(() =>
    shortcuts([
      { keys: 'j or ArrowDown', does: 'next packet', run: () => step(1) },
      { keys: 'k or ArrowUp', does: 'packet before', run: () => step(-1) },
      {
        keys: 'Escape',
        does: 'no packet',
        run: () =>
          self.change(() => {
            current = -1;
          }),
      },
    ]),
  );
  return () => {
    const t = it.data;
    if (!t) return it.error ? h(Failure, { error: it.error, retry: it.load }) : h(Loading, {});
    const list = shown();
    const first = millis(packets[0]?.at) ?? 0;
    const kinds = [...new Set(packets.map((p) => p.packet))].sort();
    const at = list[current];
    return [
      h(
        'div',
        { class: 'head', key: 'head' },
        h('div', { class: 'crumbs' }, h('a', { href: '#/trace' }, 'Packet trace'), icon('right'), h('h1', null, name)),
        h(Badge, { tone: running(t) ? 'good' : '' }, t.status),
        h(
          'span',
          { class: 'dim' },
          `${about(t)[0]} `,
          h('code', null, about(t)[1]),
          ` · ${plural(t.packets, 'packet')}, ${bytes(t.bytes)}`,
          running(t) ? ` · ends in ${span((millis(t.end_at) ?? 0) - Date.now())}` : '',
          t.dropped ? ` · ${bytes(t.dropped)} left out` : '',
        ),
        h('span', { class: 'grow' }),
        running(t)
          ? h(Button, {
              label: 'Stop',
              icon: 'stop',
              onClick: () => attempt(() => put(`/trace/${part(name)}/stop`), 'Stopped').then(it.load),
            })
          : null,
        h(Menu, {
          label: 'Download',
          icon: 'download',
          end: true,
          items: [
            {
              label: 'pcapng',
              hint: 'for Wireshark',
              icon: 'download',
              run: () =>
                attempt(() =>
                  download('GET', `/trace/${part(name)}/download`, `${name}.pcapng`, { query: { format: 'pcapng' } }),
                ),
            },
            {
              label: 'JSON',
              icon: 'download',
              run: () =>
                attempt(() =>
                  download('GET', `/trace/${part(name)}/download`, `${name}.json`, { query: { format: 'json' } }),
                ),
            },
            {
              label: 'Copy as command',
              icon: 'terminal',
              hint: command('trace.show', { name }),
              run: () => copy(command('trace.show', { name })),
            },
          ],
        }),
        h(Button, {
          icon: 'trash',
          kind: 'danger',
          title: 'Delete',
          onClick: () =>
            drop(t).then((done) => {
              if (done) go(['trace']);
            }),
        }),
      ),
      h(
        'div',
        { class: cx('packets', { chosen: at }), key: 'packets' },
        h(
          'section',
          { class: 'card flush table' },
          h(
            'div',
            { class: 'tools' },
            h(
              'label',
              { class: 'filter' },
              h('span', null, 'Search'),
              h('input', {
                type: 'search',
                value: q('q'),
                onInput: (/** @type {any} */ e) => setQuery({ q: e.target.value }),
              }),
            ),
            h(
              'label',
              { class: 'filter' },
              h('span', null, 'Packet'),
              h(
                'select',
                { value: q('type'), onChange: (/** @type {any} */ e) => setQuery({ type: e.target.value }) },
                h('option', { value: '' }, 'all'),
                kinds.map((k) => h('option', { key: k, value: k }, k)),
              ),
            ),
            h(
              'label',
              { class: 'filter' },
              h('span', null, 'Way'),
              h(
                'select',
                { value: q('dir'), onChange: (/** @type {any} */ e) => setQuery({ dir: e.target.value }) },
                h('option', { value: '' }, 'both'),
                h('option', { value: 'in' }, 'to the broker'),
                h('option', { value: 'out' }, 'to the client'),
              ),
            ),
            h(
              'label',
              { class: 'filter' },
              h('input', {
                type: 'checkbox',
                checked: !!q('errors'),
                onChange: (/** @type {any} */ e) => setQuery({ errors: e.target.checked ? '1' : '' }),
              }),
              h('span', null, 'errors only'),
            ),
            h('span', { class: 'grow' }),
            h(Button, {
              icon: follow_ ? 'pause' : 'play',
              kind: 'quiet',
              small: true,
              title: follow_ ? 'Hold' : 'Go on',
              onClick: () =>
                self.change(() => {
                  follow_ = !follow_;
                }),
            }),
          ),
          problem ? h(Failure, { error: problem, retry: more }) : null,
          h(
            'div',
            { class: 'scroll' },
            h(
              'table',
              null,
              h(
                'thead',
                null,
                h(
                  'tr',
                  null,
                  h('th', null, 'Time'),
                  h('th', { class: 'num' }, 'After'),
                  h('th', null, 'Client'),
                  h('th', null, ''),
                  h('th', null, 'Packet'),
                  h('th', { class: 'grow' }, 'Says'),
                  h('th', { class: 'num' }, 'Bytes'),
                ),
              ),
              h(
                'tbody',
                null,
                list.slice(0, 2000).map((p, i) =>
                  h(
                    'tr',
                    {
                      key: p.number,
                      class: cx('opens', p.direction, { current: i === current, wrong: p.error }),
                      onClick: () =>
                        self.change(() => {
                          current = i;
                        }),
                    },
                    h('td', { class: 'mono' }, clockMillis(p.at)),
                    h('td', { class: 'num mono dim' }, `${(((millis(p.at) ?? 0) - first) / 1000).toFixed(3)}`),
                    h('td', null, p.clientid),
                    h(
                      'td',
                      { class: 'way', title: p.direction === 'in' ? 'from the client' : 'to the client' },
                      p.direction === 'in' ? '→' : '←',
                    ),
                    h('td', null, h('b', null, p.packet)),
                    h('td', { class: 'grow' }, p.error ? [h(Badge, { tone: 'bad' }, 'error'), ' '] : null, p.summary),
                    h('td', { class: 'num' }, count(p.length)),
                  ),
                ),
              ),
            ),
          ),
          list.length === 0
            ? h(Empty, {
                icon: 'trace',
                title: packets.length ? 'Nothing matches' : 'No packets yet',
                children: packets.length ? '' : 'As soon as a connection that fits says something, it appears here.',
              })
            : null,
          list.length > 2000
            ? h(
                'p',
                { class: 'dim pad' },
                `The first 2,000 of ${count(list.length)} are shown: search, or download all.`,
              )
            : null,
        ),
        at
          ? h(Packet, {
              key: at.number,
              packet: at,
              close: () =>
                self.change(() => {
                  current = -1;
                }),
            })
          : null,
      ),
    ];
  };
});

/** @param {any} value @param {string} [name] */
function fields(value, name) {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'object') return String(value);
  return h(
    'ul',
    { class: 'json', key: name },
    Object.entries(value).map(([k, v]) =>
      h(
        'li',
        { key: k },
        h('span', { class: 'name' }, k),
        typeof v === 'object' && v !== null ? fields(v, k) : [': ', fields(v)],
      ),
    ),
  );
}

/** The payload of a PUBLISH, which is the end of its bytes; where those are cut, as much of it as there is. @param {any} packet */
function payloadOf(packet) {
  const all = toBytes(packet.hex, 'hex');
  const data = all.subarray(Math.min(all.length, packet.length - packet.payload_size));
  return { base64: toBase64(data), size: packet.payload_size, topic: packet.topic };
}

/** @param {{packet: any, close: () => void}} p */
function Packet({ packet, close }) {
  return h(
    Card,
    {
      class: 'packet',
      title: packet.packet,
      note: `${packet.direction === 'in' ? 'from' : 'to'} ${packet.clientid || 'the client'}`,
      actions: h(Button, { icon: 'close', kind: 'quiet', small: true, title: 'Close', onClick: close }),
    },
    h(
      'div',
      { class: 'stack' },
      packet.error
        ? h(
            'p',
            { class: 'verdict bad' },
            icon('warn'),
            packet.error,
            packet.clause ? h('code', null, ` [${String(packet.clause).replace(/^\[|\]$/g, '')}]`) : null,
          )
        : null,
      h(Facts, {
        wide: true,
        items: [
          ['Time', when(packet.at)],
          ['Bytes', count(packet.length)],
          packet.connection ? ['Connection', packet.connection] : null,
        ],
      }),
      packet.fields ? h('div', { class: 'code' }, fields(packet.fields)) : h('p', null, packet.summary),
      packet.payload_size && packet.hex
        ? [h('h3', { key: 'm' }, 'Payload'), h(Payload, { key: 'v', ...payloadOf(packet) })]
        : null,
      packet.hex
        ? [
            h(
              'div',
              { class: 'row', key: 'h' },
              h('h3', null, 'Bytes'),
              h('span', { class: 'grow' }),
              h(Button, { icon: 'copy', kind: 'quiet', small: true, title: 'Copy', onClick: () => copy(packet.hex) }),
            ),
            h('pre', { class: 'code', key: 'p' }, wrapHex(packet.hex)),
          ]
        : null,
    ),
  );
}

/** @param {string} hex */
function wrapHex(hex) {
  const list = hex.replace(/\s+/g, '').match(/../g) ?? [];
  const lines = [];
  for (let i = 0; i < list.length; i += 16) {
    const part = list.slice(i, i + 16);
    lines.push(
      `${i.toString(16).padStart(4, '0')}  ${part.join(' ').padEnd(48)} ${part
        .map((b) => {
          const c = parseInt(b, 16);
          return c >= 32 && c < 127 ? String.fromCharCode(c) : '·';
        })
        .join('')}`,
    );
  }
  return lines.join('\n');
}
