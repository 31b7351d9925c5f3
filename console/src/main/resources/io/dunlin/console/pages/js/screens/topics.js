// @ts-check
import { h, view, follow, cx } from '../dom.js';
import { command } from '../commands.js';
import { icon } from '../icons.js';
import { get, rows, remove, part, may } from '../api.js';
import { route, setQuery, go, link } from '../router.js';
import { shortcuts } from '../keys.js';
import { Badge, Button, Card, Empty, Failure, Loading, Tabs, ask, copy, toast } from '../ui.js';
import { Payload, preview } from '../payload.js';
import { Chart } from '../chart.js';
import { listen, state as liveState } from '../live.js';
import { points, nameOf, arrived, begin } from '../series.js';
import { ago, bytes, clockMillis, count, short, millis } from '../format.js';
import { pin } from './board.js';
import { Talkers } from './talkers.js';

const CHILDREN = 200;
const KEPT = 100;
const PAYLOAD_BYTES = 16_384;
const LINE_BYTES = 603; // one more than a preview looks at

/** What of the tree is open, kept while the page lives. @type {Map<string, any>} */
const opened = new Map();

/** @param {string} topic */
function parents(topic) {
  const levels = topic.split('/');
  return levels.slice(0, -1).map((_, i) => levels.slice(0, i + 1).join('/'));
}

export const Topics = view((self) => {
  follow(self, route);
  return () => {
    const tab = route.value.query.get('tab') ?? 'tree';
    return [
      h('div', { class: 'head', key: 'head' }, h('div', { class: 'crumbs' }, h('h1', null, 'Topics'))),
      h(Tabs, {
        key: 'tabs',
        value: tab,
        tabs: [
          ['tree', 'Tree', link(['topics'])],
          ['talkers', 'Top talkers', link(['topics'], { tab: 'talkers' })],
        ],
      }),
      tab === 'tree' ? h(Tree, { key: 'tree' }) : h(Talkers, { key: 'talkers' }),
    ];
  };
});

const Tree = view((self) => {
  follow(self, route);
  const at = () => route.value.query.get('at') ?? '';
  let find = route.value.query.get('find') ?? '';
  /** @type {any} */
  let problem;
  let busy = false;

  const load = async (/** @type {string} */ prefix, /** @type {number} */ limit = CHILDREN) => {
    const node = opened.get(prefix) ?? { prefix, rows: undefined, limit };
    opened.set(prefix, node);
    node.limit = Math.max(limit, node.limit ?? 0);
    const answer = await get('/topics', { prefix, limit: Math.min(1000, node.limit), max_payload_bytes: LINE_BYTES });
    const before = new Map((node.rows ?? []).map((/** @type {any} */ r) => [r.topic, r.messages]));
    node.rows = rows(answer).map((r) => ({
      ...r,
      fresh: node.rows && before.get(r.topic) !== r.messages ? Date.now() : 0,
    }));
    node.more = answer.meta.hasnext;
  };

  const refresh = async () => {
    if (busy) return;
    busy = true;
    try {
      await Promise.all(
        [...opened.keys()].map((prefix) =>
          load(prefix).catch((e) => {
            if (prefix === '') throw e;
            opened.delete(prefix);
          }),
        ),
      );
      problem = undefined;
    } catch (e) {
      problem = e;
    }
    busy = false;
    self.redraw();
  };

  const reveal = () => {
    for (const prefix of at() ? parents(at()) : [])
      if (!opened.has(prefix)) opened.set(prefix, { prefix, limit: CHILDREN });
  };
  self.onMount(() => {
    if (!opened.has('')) opened.set('', { prefix: '', limit: CHILDREN });
    reveal();
    refresh();
  });
  self.every(2000, refresh);

  const toggle = (/** @type {any} */ row) => {
    if (opened.has(row.topic)) {
      for (const prefix of [...opened.keys()])
        if (prefix === row.topic || prefix.startsWith(`${row.topic}/`)) opened.delete(prefix);
      self.redraw();
    } else {
      opened.set(row.topic, { prefix: row.topic, limit: CHILDREN });
      load(row.topic).then(self.redraw, (e) => toast(e.message, 'bad'));
      self.redraw();
    }
  };

  const lines = () => {
    /** @type {any[]} */
    const out = [];
    const walk = (/** @type {string} */ prefix, /** @type {number} */ depth) => {
      const node = opened.get(prefix);
      if (!node) return;
      if (!node.rows) return out.push({ wait: true, depth, key: `${prefix}/…` });
      const low = find.toLowerCase();
      for (const row of node.rows) {
        const below = row.children > 0 && opened.has(row.topic);
        if (low && !below && !row.topic.toLowerCase().includes(low)) continue;
        out.push({ row, depth, key: `t${row.topic}`, open: below });
        if (below) walk(row.topic, depth + 1);
      }
      if (node.more) out.push({ more: prefix, depth, key: `${prefix}/more`, limit: node.limit });
    };
    walk('', 0);
    return out;
  };

  const choose = (/** @type {any} */ row) => setQuery({ at: row.topic, find: '' });
  const step = (/** @type {number} */ by) => {
    const list = lines().filter((l) => l.row);
    const now = list.findIndex((l) => l.row.topic === at());
    const next = list[Math.max(0, Math.min(list.length - 1, now + by))];
    if (next) choose(next.row);
    document.querySelector('.tree .line.on')?.scrollIntoView({ block: 'nearest' });
  };
  const here = () => lines().find((l) => l.row?.topic === at());
  self.onMount(() =>
    shortcuts([
      { keys: 'j or ArrowDown', does: 'next topic', run: () => step(1) },
      { keys: 'k or ArrowUp', does: 'topic before', run: () => step(-1) },
      {
        keys: 'l or ArrowRight or Enter',
        does: 'open the level',
        run: () => {
          const l = here();
          if (l && l.row.children && !l.open) toggle(l.row);
        },
      },
      {
        keys: 'h or ArrowLeft',
        does: 'close the level',
        run: () => {
          const l = here();
          if (l?.open) toggle(l.row);
          else if (at().includes('/')) setQuery({ at: at().slice(0, at().lastIndexOf('/')) });
        },
      },
      { keys: 'f', does: 'filter', run: () => /** @type {any} */ (document.querySelector('.tree input'))?.focus() },
    ]),
  );

  return () => {
    const list = lines();
    const shown = opened.get('')?.rows;
    return h(
      'div',
      { class: cx('explore', { chosen: at() }) },
      h(
        'section',
        { class: 'card flush tree' },
        h(
          'div',
          { class: 'tools' },
          h('input', {
            type: 'search',
            placeholder: 'Filter what is open, or type a topic',
            'aria-label': 'Filter',
            value: find,
            spellcheck: false,
            onInput: (/** @type {any} */ e) =>
              self.change(() => {
                find = e.target.value;
              }),
            onKeyDown: (/** @type {any} */ e) => {
              if (e.key === 'Enter' && find) {
                setQuery({ at: find });
                reveal();
                refresh();
              }
            },
          }),
          h(Button, {
            icon: 'close',
            kind: 'quiet',
            title: 'Close all levels',
            onClick: () => {
              opened.clear();
              opened.set('', { prefix: '', limit: CHILDREN });
              refresh();
            },
          }),
        ),
        problem && !shown
          ? h(Failure, { error: problem, retry: refresh })
          : !shown
            ? h(Loading, {})
            : list.length === 0
              ? h(Empty, {
                  icon: 'topics',
                  title: find ? 'Nothing matches' : 'No messages yet',
                  children: find
                    ? 'Enter takes you to the topic that you typed.'
                    : 'As soon as somebody publishes, topics appear here. Try: dunlin simulate -sc furnace',
                })
              : h(
                  'div',
                  { class: 'lines', role: 'tree' },
                  list.map((l) =>
                    l.wait
                      ? h('div', { key: l.key, class: `line d${Math.min(l.depth, 12)}` }, h('span', { class: 'spin' }))
                      : l.more !== undefined
                        ? h(
                            'div',
                            { key: l.key, class: `line d${Math.min(l.depth, 12)}` },
                            h(
                              'button',
                              {
                                class: 'link',
                                type: 'button',
                                onClick: () => load(l.more, Math.min(1000, l.limit + 400)).then(self.redraw),
                              },
                              l.limit >= 1000 ? 'The first 1,000 are shown: type the topic above' : 'More …',
                            ),
                          )
                        : h(
                            'div',
                            {
                              key: l.key,
                              role: 'treeitem',
                              'aria-expanded': l.row.children ? String(!!l.open) : undefined,
                              'aria-selected': String(at() === l.row.topic),
                              class: cx('line', `d${Math.min(l.depth, 12)}`, {
                                on: at() === l.row.topic,
                                fresh: l.row.fresh && Date.now() - l.row.fresh < 1500,
                              }),
                              onClick: () => choose(l.row),
                              onDblClick: () => {
                                if (l.row.children) toggle(l.row);
                              },
                            },
                            l.row.children
                              ? h(
                                  'button',
                                  {
                                    type: 'button',
                                    class: cx('twist', { open: l.open }),
                                    'aria-label': l.open ? 'Close' : 'Open',
                                    onClick: (/** @type {any} */ e) => {
                                      e.stopPropagation();
                                      toggle(l.row);
                                    },
                                  },
                                  icon('right'),
                                )
                              : h('span', { class: 'twist' }),
                            h('span', { class: 'level' }, l.row.level || '(empty)'),
                            l.row.retained
                              ? h('span', { class: 'mark', title: 'A message is retained' }, icon('retained'))
                              : null,
                            l.row.payload !== undefined && l.row.payload !== null
                              ? h('span', { class: 'last' }, preview(l.row.payload, 60, l.row.topic))
                              : l.row.children
                                ? h('span', { class: 'last dim' }, `${count(l.row.children)} below`)
                                : null,
                            h(
                              'span',
                              { class: 'rate', title: 'Messages a second, with all below' },
                              l.row.rate >= 0.05 ? `${short(Math.round(l.row.rate * 10) / 10)}/s` : '',
                            ),
                          ),
                  ),
                ),
      ),
      at()
        ? h(Topic, { key: at(), topic: at(), row: here()?.row })
        : h(
            'section',
            { class: 'card placeholder' },
            h(Empty, {
              icon: 'topics',
              title: 'Choose a topic',
              children: 'Its last value, how it changes, and a chart of any number in it: one click on the number.',
            }),
          ),
    );
  };
});

const Topic = view((self, { topic }) => {
  follow(self, route, arrived, liveState);
  /** Newest first. @type {any[]} */
  const messages = [];
  let shown = -1;
  let held = false;
  let total = 0;
  /** @type {string[]} */
  let charted = route.value.query.getAll('n');
  let threshold = route.value.query.get('limit') ?? '';
  let minutes = 10;

  /** The topic itself, where it is none of those that are listed. @type {any} */
  let alone;

  const row = () => self.props.row ?? alone;
  const add = (/** @type {any} */ m) => {
    total++;
    if (held) return;
    messages.unshift(m);
    if (messages.length > KEPT) messages.length = KEPT;
    self.redraw();
  };
  self.onMount(() => {
    get('/topics', { topic, max_payload_bytes: PAYLOAD_BYTES }).then(
      (a) => {
        const [found] = rows(a);
        alone = found;
        if (found?.payload !== undefined && found.payload !== null && messages.length === 0) {
          messages.push({
            topic,
            payload: found.payload,
            size: found.payload_size,
            ts: millis(found.ts) ?? Date.now(),
            retain: found.retained,
            qos: found.qos,
          });
          for (const path of charted) points({ topic, path }, found.payload, messages[0].ts);
        }
        self.redraw();
      },
      () => {},
    );
    return listen([topic], add);
  });

  const chart = (/** @type {string} */ path) => {
    charted = charted.includes(path) ? charted.filter((p) => p !== path) : [...charted, path];
    setQuery({ n: charted });
  };
  const drop = async () => {
    const done = await ask({
      title: `Delete the retained message of ${topic}?`,
      confirm: 'Delete',
      danger: true,
      body: () => h('p', null, 'New subscribers no longer get it. Subscribers of now are not told.'),
      run: () => remove(`/retained/${part(topic)}`),
    });
    if (done) toast('The retained message is deleted');
  };

  return () => {
    const at = shown >= 0 ? messages[shown] : messages[0];
    const before = shown >= 0 ? messages[shown + 1] : messages[1];
    const r = row();
    const series = charted.map((path) => ({
      name: path || 'value',
      points: points({ topic, path }, messages[0]?.payload, messages[0]?.ts),
    }));
    const to = Date.now();
    const limit = threshold.trim() === '' || Number.isNaN(Number(threshold)) ? undefined : Number(threshold);
    return h(
      'section',
      { class: 'topic stack' },
      h(
        Card,
        {
          title: h('code', { class: 'topicname' }, topic),
          actions: [
            h(Button, {
              key: 'b',
              icon: 'close',
              kind: 'quiet',
              small: true,
              title: 'Back to the tree',
              onClick: () => setQuery({ at: '', n: [], limit: '' }),
            }),
          ],
        },
        h(
          'div',
          { class: 'row' },
          liveState.value === 'lost'
            ? h(Badge, { tone: 'bad' }, 'not live')
            : liveState.value !== 'open'
              ? h(Badge, {}, 'listening …')
              : held
                ? h(Badge, { tone: 'warn' }, 'held')
                : h(Badge, { tone: 'good' }, 'live'),
          at ? h('span', { class: 'dim' }, `last ${ago(messages[0].ts)}`) : null,
          r?.rate !== undefined ? h('span', { class: 'dim' }, `${short(Math.round(r.rate * 10) / 10)}/s`) : null,
          r?.messages !== undefined
            ? h('span', { class: 'dim' }, `${count(r.messages)} messages, ${bytes(r.bytes)}`)
            : null,
          r?.retained ? h(Badge, { tone: 'accent' }, icon('retained'), 'retained') : null,
          at?.clientid
            ? h('span', { class: 'dim' }, 'from ', h('a', { href: link(['clients', at.clientid]) }, at.clientid))
            : null,
          h('span', { class: 'grow' }),
          h(Button, {
            icon: held ? 'play' : 'pause',
            small: true,
            label: held ? 'Go on' : 'Hold',
            onClick: () =>
              self.change(() => {
                held = !held;
              }),
          }),
          h(Button, { icon: 'copy', small: true, kind: 'quiet', title: 'Copy the topic', onClick: () => copy(topic) }),
          h(Button, {
            icon: 'terminal',
            small: true,
            kind: 'quiet',
            title: 'Copy as command',
            onClick: () => copy(command('subscribe', { topic })),
          }),
          may('operator')
            ? h(Button, {
                icon: 'send',
                small: true,
                kind: 'quiet',
                title: 'Publish to this topic',
                onClick: () => go(['test'], { topic }),
              })
            : null,
          h(Button, {
            icon: 'why',
            small: true,
            kind: 'quiet',
            title: 'Who gets this, who does not',
            onClick: () => go(['why'], { topic }),
          }),
          may('operator') && r?.retained
            ? h(Button, {
                icon: 'trash',
                small: true,
                kind: 'danger',
                title: 'Delete the retained message',
                onClick: drop,
              })
            : null,
        ),
      ),
      charted.length
        ? h(
            Card,
            {
              title: 'Chart',
              note: 'from now on',
              actions: [
                h(
                  'label',
                  { key: 'm', class: 'filter' },
                  h('span', null, 'Minutes'),
                  h(
                    'select',
                    {
                      value: String(minutes),
                      onChange: (/** @type {any} */ e) =>
                        self.change(() => {
                          minutes = Number(e.target.value);
                        }),
                    },
                    [1, 5, 10, 30, 60, 120].map((n) => h('option', { key: n, value: n }, n)),
                  ),
                ),
                h(
                  'label',
                  { key: 't', class: 'filter' },
                  h('span', null, 'Threshold'),
                  h('input', {
                    type: 'number',
                    step: 'any',
                    class: 'narrow',
                    value: threshold,
                    onInput: (/** @type {any} */ e) => {
                      threshold = e.target.value;
                      setQuery({ limit: threshold });
                    },
                  }),
                ),
                h(Button, {
                  key: 'p',
                  label: 'Pin to the board',
                  icon: 'pin',
                  kind: 'primary',
                  small: true,
                  onClick: () =>
                    pin({
                      title: charted.length === 1 ? nameOf({ topic, path: charted[0] }) : topic,
                      limit,
                      series: charted.map((path) => ({ topic, path })),
                    }),
                }),
              ],
            },
            h(Chart, {
              series,
              from: begin(series, to, minutes),
              to,
              zero: false,
              legend: true,
              thresholds: limit === undefined ? [] : [{ value: limit, label: `limit ${limit}` }],
              waiting: 'Waiting for the next message …',
            }),
          )
        : null,
      h(
        Card,
        {
          title: shown > 0 ? `Message of ${clockMillis(at?.ts)}` : 'Last message',
          note: at && charted.length === 0 ? 'click a number to chart it' : '',
          actions:
            shown >= 0
              ? h(Button, {
                  label: 'To the last one',
                  small: true,
                  onClick: () =>
                    self.change(() => {
                      shown = -1;
                      held = false;
                    }),
                })
              : null,
        },
        at
          ? h(Payload, {
              base64: at.payload,
              topic,
              size: at.size,
              before: before?.payload,
              onNumber: chart,
              charted: (/** @type {string} */ p) => charted.includes(p),
            })
          : h(
              'p',
              { class: 'dim' },
              r?.children
                ? 'This level has no message of its own so far; open it to see what is below.'
                : 'Waiting for a message …',
            ),
      ),
      messages.length > 1
        ? h(
            Card,
            {
              title: 'Before',
              note: `${count(messages.length)} of ${count(Math.max(total, messages.length))} since you came`,
            },
            h(
              'ol',
              { class: 'messages' },
              messages.map((m, i) =>
                h(
                  'li',
                  { key: `${m.ts}${total - i}` },
                  h(
                    'button',
                    {
                      type: 'button',
                      class: cx({ on: i === shown }),
                      onClick: () =>
                        self.change(() => {
                          shown = i;
                          held = true;
                        }),
                    },
                    h('time', null, clockMillis(m.ts)),
                    h('code', null, preview(m.payload, 120, topic)),
                    m.qos !== undefined ? h('span', { class: 'dim' }, `q${m.qos}`) : null,
                    m.retain ? icon('retained') : null,
                  ),
                ),
              ),
            ),
          )
        : null,
    );
  };
});
