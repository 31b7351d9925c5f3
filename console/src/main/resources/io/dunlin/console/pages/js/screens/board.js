// @ts-check
import { h, view, follow, signal, cx } from '../dom.js';
import { icon } from '../icons.js';
import { route, setQuery, go, link } from '../router.js';
import { recall, remember } from '../prefs.js';
import { get, rows } from '../api.js';
import { Button, Card, Empty, Field, Menu, Segments, ask, copy, toast } from '../ui.js';
import { Chart } from '../chart.js';
import { points, nameOf, arrived, begin } from '../series.js';
import { clock, millis, short } from '../format.js';

/**
 * A panel of a board: `t` title, `l` threshold, `u` unit, `s` series as [topic, path].
 * @typedef {{t: string, l?: number, u?: string, s: string[][]}} Panel
 */

/** Boards by name. @type {any} */
const boards = signal(recall('boards', { Board: [] }));
boards.watch((/** @type {any} */ all) => remember('boards', all));
let last = recall('board', 'Board');

/** @param {string} name @param {Panel[]} panels */
function store(name, panels) {
  boards.value = { ...boards.value, [name]: panels };
  last = name;
  remember('board', name);
}

/** @param {Panel} panel */
const pack = (panel) => JSON.stringify(panel);

/** @param {string} text @returns {Panel | undefined} */
function unpack(text) {
  try {
    const panel = JSON.parse(text);
    return typeof panel.t === 'string' && Array.isArray(panel.s) ? panel : undefined;
  } catch {
    return undefined;
  }
}

/** Puts a chart on the board that was used last. @param {{title: string, limit?: number, series: {topic: string, path: string}[]}} what */
export function pin(what) {
  const name = boards.value[last] ? last : (Object.keys(boards.value)[0] ?? 'Board');
  const panel = { t: what.title, l: what.limit, s: what.series.map((s) => [s.topic, s.path]) };
  store(name, [...(boards.value[name] ?? []), panel]);
  toast(`Pinned to ${name}: g b shows it`);
}

export const Board = view((self) => {
  follow(self, route, arrived, boards);
  const q = (/** @type {string} */ key) => route.value.query.get(key);
  const name = () => q('name') ?? (boards.value[last] ? last : (Object.keys(boards.value)[0] ?? 'Board'));
  const panels = () => {
    const said = route.value.query.getAll('p').map(unpack).filter(Boolean);
    return /** @type {Panel[]} */ (said.length ? said : (boards.value[name()] ?? []));
  };
  const minutes = () => Number(q('m') ?? 10);
  const change = (/** @type {Panel[]} */ list) => {
    store(name(), list);
    show();
  };
  /** The whole board stands in the address, so that it can be sent to somebody. */
  const show = () => setQuery({ name: name(), p: (boards.value[name()] ?? []).map(pack) });
  self.onMount(() => {
    if (route.value.query.getAll('p').length === 0 && panels().length) show();
  });
  self.every(1000, self.redraw);

  // What is retained or was said last gives a chart its first point.
  self.onMount(() => {
    for (const topic of new Set(panels().flatMap((p) => p.s.map(([t]) => t)))) {
      get('/topics', { topic, max_payload_bytes: 16_384 }).then(
        (a) => {
          const [found] = rows(a);
          if (found?.payload)
            for (const panel of panels())
              for (const [t, path] of panel.s)
                if (t === topic) points({ topic: t, path }, found.payload, millis(found.ts));
          self.redraw();
        },
        () => {},
      );
    }
  });

  const edit = async (/** @type {number} */ i) => {
    const panel = panels()[i];
    let t = panel.t;
    let l = panel.l === undefined ? '' : String(panel.l);
    let u = panel.u ?? '';
    let more = panel.s.map(([topic, path]) => (path ? `${topic}${/\s/.test(path) ? ' › ' : ' '}${path}` : topic)).join('\n');
    const done = await ask({
      title: 'Chart',
      confirm: 'Save',
      body: (redraw) =>
        h(
          'div',
          { class: 'form' },
          h(Field, {
            label: 'Title',
            span: true,
            value: t,
            onInput: (/** @type {string} */ v) => {
              t = v;
              redraw();
            },
          }),
          h(Field, {
            label: 'Threshold',
            type: 'number',
            step: 'any',
            value: l,
            hint: 'A line; the chart turns red above it.',
            onInput: (/** @type {string} */ v) => {
              l = v;
              redraw();
            },
          }),
          h(Field, {
            label: 'Unit',
            value: u,
            placeholder: '°C',
            onInput: (/** @type {string} */ v) => {
              u = v;
              redraw();
            },
          }),
          h(Field, {
            label: 'Series',
            type: 'area',
            mono: true,
            rows: 4,
            value: more,
            hint: 'One a line: the topic, a blank, and the path of the number in its JSON (none where the payload is the number), or › and the name of a metric of Sparkplug.',
            onInput: (/** @type {string} */ v) => {
              more = v;
              redraw();
            },
          }),
        ),
      run: async () => {
        const s = more
          .split('\n')
          .map((line) => line.trim())
          .filter(Boolean)
          .map((line) => {
            const [topic, path = ''] = line.includes(' › ') ? line.split(/ › (.*)/) : line.split(/\s+(?=\S+$)/);
            return [topic, path];
          });
        if (s.length === 0) throw new Error('Name at least one topic.');
        if (s.some(([topic]) => /[#+]/.test(topic)))
          throw new Error('A series is one topic: it cannot have the wildcards + and #.');
        change(
          panels().map((p, j) =>
            j === i ? { t: t || s[0][0], l: l.trim() === '' ? undefined : Number(l), u: u || undefined, s } : p,
          ),
        );
      },
    });
    if (!done && panel.s.length === 0) change(panels().filter((_, j) => j !== i));
  };
  const another = async () => {
    let text = '';
    const done = await ask({
      title: 'New board',
      confirm: 'Make it',
      body: (redraw) =>
        h(Field, {
          label: 'Name',
          value: text,
          onInput: (/** @type {string} */ v) => {
            text = v;
            redraw();
          },
        }),
      run: async () => {
        if (!text.trim()) throw new Error('A board needs a name.');
        if (boards.value[text.trim()]) throw new Error('There is such a board.');
      },
    });
    if (done) {
      store(text.trim(), []);
      go(['board'], { name: text.trim() });
    }
  };
  const dropBoard = async () => {
    const gone = name();
    if (
      !(await ask({
        title: `Delete the board ${gone}?`,
        confirm: 'Delete',
        danger: true,
        body: () => h('p', null, `Its ${panels().length} charts go from this browser. Nothing changes in the broker.`),
      }))
    )
      return;
    const { [gone]: _, ...rest } = boards.value;
    boards.value = Object.keys(rest).length ? rest : { Board: [] };
    last = Object.keys(boards.value)[0];
    go(['board'], { name: last });
  };

  return () => {
    const list = panels();
    const to = Date.now();
    return [
      h(
        'div',
        { class: 'head', key: 'head' },
        h('div', { class: 'crumbs' }, h('h1', null, name())),
        h(Menu, {
          icon: 'down',
          kind: 'quiet',
          title: 'Boards',
          items: [
            ...Object.keys(boards.value).map((one) => ({
              label: one,
              icon: 'board',
              hint: `${boards.value[one].length} charts`,
              run: () => go(['board'], { name: one }),
            })),
            { label: 'New board', icon: 'plus', run: another },
            { label: 'Delete this board', icon: 'trash', danger: true, run: dropBoard },
          ],
        }),
        h('span', { class: 'grow' }),
        h(Segments, {
          label: 'Span',
          value: String(minutes()),
          options: [
            ['1', '1 min'],
            ['10', '10 min'],
            ['60', '1 h'],
            ['120', '2 h'],
          ],
          onChange: (v) => setQuery({ m: v }),
        }),
        h(Button, {
          icon: 'copy',
          label: 'Copy link',
          onClick: () => {
            show();
            copy(location.href, 'Link');
          },
        }),
        h(Button, {
          icon: 'plus',
          label: 'Chart',
          kind: 'primary',
          onClick: () => {
            const i = list.length;
            change([...list, { t: '', s: [] }]);
            edit(i);
          },
        }),
      ),
      list.length === 0
        ? h(
            Card,
            { key: 'empty' },
            h(Empty, {
              icon: 'board',
              title: 'An empty board',
              children: 'Choose a topic, click a number in its payload, set a threshold, and pin the chart here.',
              action: h('a', { class: 'button primary', href: link(['topics']) }, icon('topics'), 'To the topics'),
            }),
          )
        : h(
            'div',
            { class: 'grid charts', key: 'charts' },
            list.map((panel, i) => {
              const series = panel.s.map(([topic, path]) => ({
                name: panel.s.length === 1 ? nameOf({ topic, path }) : shortName(panel, topic, path),
                points: points({ topic, path }),
              }));
              const latest = series.map((s) => s.points.at(-1)).filter(Boolean);
              const value = latest[0]?.[1];
              const over = panel.l !== undefined && latest.some((p) => p && p[1] > /** @type {number} */ (panel.l));
              const format = (/** @type {number} */ v) => `${short(v)}${panel.u ? ` ${panel.u}` : ''}`;
              return h(
                Card,
                {
                  key: i,
                  class: cx('panelcard', { over }),
                  title: panel.t || 'Chart',
                  note: latest[0] ? clock(latest[0][0]) : '',
                  actions: [
                    over
                      ? h(
                          'span',
                          { class: 'badge bad', key: 'o' },
                          icon('warn'),
                          `above ${format(/** @type {number} */ (panel.l))}`,
                        )
                      : null,
                    h(Menu, {
                      key: 'm',
                      icon: 'more',
                      kind: 'quiet',
                      small: true,
                      end: true,
                      title: 'Chart',
                      items: [
                        { label: 'Edit', icon: 'edit', run: () => edit(i) },
                        i > 0
                          ? {
                              label: 'Move forward',
                              icon: 'up',
                              run: () => change(list.map((p, j) => (j === i - 1 ? panel : j === i ? list[i - 1] : p))),
                            }
                          : null,
                        {
                          label: 'Open the topic',
                          icon: 'topics',
                          run: () =>
                            go(['topics'], {
                              at: panel.s[0][0],
                              n: panel.s.filter(([t]) => t === panel.s[0][0]).map(([, p]) => p),
                              limit: panel.l,
                            }),
                        },
                        {
                          label: 'Take it off the board',
                          icon: 'trash',
                          danger: true,
                          run: () => change(list.filter((_, j) => j !== i)),
                        },
                      ],
                    }),
                  ],
                },
                series.length === 1
                  ? h(
                      'p',
                      { class: 'big' },
                      value === undefined ? '–' : short(value),
                      panel.u ? h('small', null, ` ${panel.u}`) : null,
                    )
                  : null,
                h(Chart, {
                  series,
                  from: begin(series, to, minutes()),
                  to,
                  zero: false,
                  format,
                  legend: series.length > 1,
                  thresholds: panel.l === undefined ? [] : [{ value: panel.l, label: `limit ${format(panel.l)}` }],
                  label: panel.t,
                  waiting: 'Waiting for the next message …',
                }),
              );
            }),
          ),
    ];
  };
});

/** What tells the series of a panel apart. @param {Panel} panel @param {string} topic @param {string} path */
function shortName(panel, topic, path) {
  if (panel.s.every(([t]) => t === topic)) return path || 'value';
  const levels = topic.split('/');
  const others = panel.s.map(([t]) => t.split('/'));
  const differs = levels.filter((level, i) => others.some((o) => o[i] !== level)).join('/') || topic;
  return path && new Set(panel.s.map(([, p]) => p)).size > 1 ? `${differs} › ${path}` : differs;
}
