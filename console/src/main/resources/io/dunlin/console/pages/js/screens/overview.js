// @ts-check
import { h, view, follow, resource, cx } from '../dom.js';
import { icon } from '../icons.js';
import { get, rows, may } from '../api.js';
import { route, setQuery } from '../router.js';
import { figures, figure, past, DROPS } from '../metrics.js';
import { Card, Segments, Badge, Failure, Loading } from '../ui.js';
import { Chart, Spark } from '../chart.js';
import { Slowest } from './slow.js';
import { bytes, count, short, span, when, ago, plural, millis } from '../format.js';

const LIVE_MILLIS = 2000;
const LIVE_POINTS = 300;
const SPANS = { live: 600_000, '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 };
const COUNTERS = ['messagesIn', 'messagesOut', 'bytesIn', 'bytesOut', 'dropped'];
const GAUGES = [
  'connections',
  'sessions',
  'queued',
  'retained',
  'subscriptions',
  'heapUsed',
  'diskFree',
  'queuedBytes',
];

/** What was seen while the page was open; survives a change of the screen. @type {{last: any, points: Record<string, number[][]>}} */
const live = { last: null, points: {} };

function take(now) {
  for (const name of [...COUNTERS, ...GAUGES]) {
    const value = figure(now, name);
    if (value === undefined) continue;
    const list = (live.points[name] ??= []);
    if (GAUGES.includes(name)) list.push([now.at, value]);
    else if (live.last && now.at > live.last.at) {
      const before = figure(live.last, name);
      if (before !== undefined && value >= before)
        list.push([now.at, ((value - before) * 1000) / (now.at - live.last.at)]);
    }
    if (list.length > LIVE_POINTS) list.splice(0, list.length - LIVE_POINTS);
  }
  live.last = now;
}

const CHARTS = [
  {
    title: 'Messages a second',
    note: '',
    series: [
      ['messagesIn', 'in'],
      ['messagesOut', 'out'],
    ],
  },
  {
    title: 'Clients',
    series: [
      ['connections', 'connected'],
      ['sessions', 'sessions'],
    ],
  },
  {
    title: 'Traffic',
    series: [
      ['bytesIn', 'in'],
      ['bytesOut', 'out'],
    ],
    binary: true,
    format: (/** @type {number} */ v) => `${bytes(v)}/s`,
  },
  {
    title: 'Messages that wait',
    series: [['queued', 'queued']],
  },
  { title: 'Dropped a second', series: [['dropped', 'dropped']], tone: 3 },
  { title: 'Memory', series: [['heapUsed', 'heap']], binary: true, format: bytes, tone: 2 },
];

export const Overview = view((self) => {
  follow(self, route);
  const range = () => route.value.query.get('range') ?? '1h';
  /** @type {any} */
  let problem;
  const history = resource(self, async () => {
    if (range() === 'live') return null;
    const to = Date.now();
    return { from: to - SPANS[range()], to, points: await past([...COUNTERS, ...GAUGES], to - SPANS[range()], to) };
  });
  const poll = async () => {
    try {
      take(await figures());
      problem = undefined;
    } catch (e) {
      problem = e;
    }
    self.redraw();
  };
  self.onMount(() => {
    poll();
  });
  self.every(LIVE_MILLIS, poll);
  self.every(10_000, () => {
    if (range() !== 'live' && !history.loading) history.load();
  });
  let shown = range();
  self.onUpdate(() => {
    if (range() !== shown) {
      shown = range();
      history.load();
    }
  });

  const status = resource(self, () => get('/status'));

  return () => {
    const now = live.last;
    if (!now && problem) return h(Failure, { error: problem, retry: poll });
    if (!now) return h(Loading, {});
    const rate = (/** @type {string} */ name) => live.points[name]?.at(-1)?.[1];
    const node = status.data;
    const tile = (
      /** @type {string} */ what,
      /** @type {any} */ value,
      /** @type {any} */ sub,
      /** @type {string|undefined} */ name = undefined,
      /** @type {string|undefined} */ href = undefined,
      tone = 0,
      mark = '',
    ) =>
      h(
        href ? 'a' : 'div',
        { key: what, class: cx('tile', mark), href },
        h('span', { class: 'what' }, what),
        h('span', { class: 'value' }, value),
        h('span', { class: 'sub' }, sub ?? '\u00a0'),
        name && (live.points[name]?.length ?? 0) > 1
          ? h(Spark, { points: live.points[name], tone, label: what })
          : null,
      );
    const from = history.data && range() !== 'live' ? history.data.from : Date.now() - SPANS.live;
    const to = history.data && range() !== 'live' ? history.data.to : Date.now();
    const points = range() === 'live' ? live.points : history.data?.points;
    const perSecond = (/** @type {number|undefined} */ v) =>
      v === undefined ? '–' : [short(Math.round(v * 10) / 10), h('small', null, ' /s')];
    const dropped = figure(now, 'dropped');
    return [
      h(
        'div',
        { class: 'head', key: 'head' },
        h('div', { class: 'crumbs' }, h('h1', null, 'Overview')),
        node
          ? h(
              'span',
              { class: 'dim' },
              `${node.node} · ${node.version} · up ${span(Date.now() - (millis(node.started) ?? 0))}`,
            )
          : null,
        h('span', { class: 'grow' }),
        h(Segments, {
          label: 'Span',
          value: range(),
          options: [
            ['live', '10 min'],
            ['1h', '1 h'],
            ['24h', '24 h'],
            ['7d', '7 d'],
          ],
          onChange: (v) => setQuery({ range: v }),
        }),
      ),
      problem ? h('p', { class: 'problem', key: 'problem' }, problem.message) : null,
      h(
        'div',
        { class: 'grid tiles', key: 'tiles' },
        tile(
          'Connected clients',
          count(figure(now, 'connections')),
          `${count(figure(now, 'sessions'))} sessions`,
          'connections',
          '#/clients?conn_state=connected',
        ),
        tile(
          'Messages in',
          perSecond(rate('messagesIn')),
          `${short(figure(now, 'messagesIn'))} since the start`,
          'messagesIn',
          '#/topics',
        ),
        tile(
          'Messages out',
          perSecond(rate('messagesOut')),
          `${short(figure(now, 'messagesOut'))} since the start`,
          'messagesOut',
          undefined,
          1,
        ),
        tile(
          'Traffic in',
          rate('bytesIn') === undefined ? '–' : [bytes(rate('bytesIn')), h('small', null, ' /s')],
          `out ${bytes(rate('bytesOut'))}/s`,
          'bytesIn',
        ),
        tile(
          'Subscriptions',
          count(figure(now, 'subscriptions')),
          `${count(figure(now, 'shared'))} shared`,
          undefined,
          '#/subscriptions',
        ),
        tile(
          'Retained',
          count(figure(now, 'retained')),
          bytes(figure(now, 'retainedBytes')),
          undefined,
          '#/retained',
        ),
        tile(
          'Queued',
          count(figure(now, 'queued')),
          bytes(figure(now, 'queuedBytes')),
          'queued',
          '#/clients?sort=-mqueue_len',
          1,
        ),
        tile(
          'Dropped',
          count(dropped),
          rate('dropped') ? `${short(rate('dropped'))} /s now` : 'since the start',
          'dropped',
          '#/why',
          3,
          rate('dropped') ? 'warn' : '',
        ),
        tile(
          'Heap',
          bytes(figure(now, 'heapUsed')),
          `of ${bytes(figure(now, 'heapMax'))}`,
          'heapUsed',
          undefined,
          2,
        ),
        figure(now, 'diskFree') === undefined
          ? null
          : tile(
              'Disk free',
              bytes(figure(now, 'diskFree')),
              figure(now, 'stored') === undefined ? undefined : `${bytes(figure(now, 'stored'))} stored`,
              undefined,
              '#/system',
            ),
      ),
      h(Attention, { key: 'attention' }),
      h(Slowest, { key: 'slowest' }),
      range() !== 'live' && history.error
        ? h(Failure, { key: 'failure', error: history.error, retry: history.load })
        : null,
      h(
        'div',
        { class: 'grid charts', key: 'charts' },
        CHARTS.map((c) =>
          h(
            Card,
            { key: c.title, title: c.title },
            h(Chart, {
              series: c.series.map(([name, label], i) => ({
                name: label,
                points: points?.[name] ?? [],
                tone: (c.tone ?? 0) + i,
              })),
              from,
              to,
              format: c.format,
              binary: c.binary,
              gap: Math.max(60_000, (to - from) / 40),
              label: c.title,
              waiting:
                range() === 'live' ? 'Waiting for the first figures …' : history.loading ? 'Loading …' : undefined,
            }),
            c.title.startsWith('Dropped') ? h(Reasons, { figures: now }) : null,
          ),
        ),
      ),
    ];
  };
});

/** Why messages were dropped since the start. @param {{figures: any}} p */
function Reasons({ figures: now }) {
  const list = DROPS.filter(([key]) => now[key] > 0);
  const nobody = now.dropped_no_subscriber;
  return h(
    'div',
    { class: 'row reasons' },
    list.map(([key, text]) => h(Badge, { key, tone: 'warn' }, `${text}: ${count(now[key])}`)),
    nobody
      ? h(Badge, { title: 'Messages that nobody had subscribed to: no loss' }, `nobody subscribed: ${count(nobody)}`)
      : null,
  );
}

const SEVERITY = /** @type {Record<string, string>} */ ({
  critical: 'bad',
  high: 'bad',
  warning: 'warn',
  medium: 'warn',
  low: '',
  info: '',
});

/** Alarms, and what is open in the configuration. */
const Attention = view((self) => {
  const alarms = resource(self, () => get('/alarms', { active: true }).then(rows));
  const audit = resource(self, async () => (may('admin') ? (await get('/audit')).findings : null));
  self.every(10_000, alarms.load);
  let all = false;
  return () => {
    const raised = alarms.data ?? [];
    const open = audit.data ?? [];
    const shown = all ? open : open.slice(0, 4);
    return h(
      'div',
      { class: 'grid attention' },
      h(
        Card,
        { title: 'Alarms', note: raised.length ? plural(raised.length, 'alarm') : '' },
        alarms.error
          ? h(Failure, { error: alarms.error })
          : alarms.data === undefined
            ? h(Loading, {})
            : raised.length === 0
              ? h('p', { class: 'fine' }, icon('check'), 'No alarm. The broker has nothing to complain about.')
              : h(
                  'ul',
                  { class: 'findings' },
                  raised.map((a) =>
                    h(
                      'li',
                      { key: a.name },
                      h(Badge, { tone: SEVERITY[a.severity] }, a.severity),
                      h(
                        'div',
                        null,
                        h('strong', null, a.message),
                        h('small', { title: when(a.activate_at) }, `since ${ago(a.activate_at)}`),
                      ),
                    ),
                  ),
                ),
      ),
      audit.data === null
        ? null
        : h(
            Card,
            {
              title: 'Before you go live',
              note: open.length ? plural(open.length, 'finding') : '',
              actions:
                open.length > 4
                  ? h(
                      'button',
                      {
                        class: 'link',
                        type: 'button',
                        onClick: () =>
                          self.change(() => {
                            all = !all;
                          }),
                      },
                      all ? 'Fewer' : `All ${open.length}`,
                    )
                  : null,
            },
            audit.error
              ? h(Failure, { error: audit.error })
              : audit.data === undefined
                ? h(Loading, {})
                : open.length === 0
                  ? h('p', { class: 'fine' }, icon('check'), 'The configuration has no open finding.')
                  : h(
                      'ul',
                      { class: 'findings' },
                      shown.map((f) =>
                        h(
                          'li',
                          { key: f.id + f.subject + f.where },
                          h(Badge, { tone: SEVERITY[f.severity] }, f.severity),
                          h(
                            'details',
                            null,
                            h('summary', null, f.what),
                            h('p', null, f.why),
                            h('pre', { class: 'code' }, f.fix),
                          ),
                        ),
                      ),
                    ),
          ),
    );
  };
});
