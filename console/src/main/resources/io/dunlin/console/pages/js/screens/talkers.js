// @ts-check
import { h, view, follow, resource } from '../dom.js';
import { command } from '../commands.js';
import { get, rows } from '../api.js';
import { route, setQuery, link } from '../router.js';
import { Button, Card, Empty, Segments, copy, settled } from '../ui.js';
import { bytes, count, short } from '../format.js';

/** Who and what makes the traffic. */
export const Talkers = view((self) => {
  follow(self, route);
  const by = () => route.value.query.get('by') ?? 'rate';
  const it = resource(self, () => get('/topics/talkers', { by: by(), limit: 50 }).then(rows));
  self.every(5000, it.load);
  let shown = by();
  self.onUpdate(() => {
    if (by() !== shown) {
      shown = by();
      it.load();
    }
  });
  return () =>
    h(
      Card,
      {
        title: 'What makes the traffic',
        actions: [
          h(Segments, {
            key: 'by',
            label: 'By',
            value: by(),
            options: [
              ['rate', 'rate'],
              ['messages', 'messages'],
              ['bytes', 'bytes'],
            ],
            onChange: (v) => setQuery({ by: v }),
          }),
          h(Button, {
            key: 'copy',
            icon: 'terminal',
            kind: 'quiet',
            small: true,
            title: 'Copy as command',
            onClick: () => copy(command('topics.talkers', { by: by() })),
          }),
        ],
      },
      settled(it, (/** @type {any[]} */ list) => {
        if (list.length === 0) return h(Empty, { icon: 'topics', title: 'No traffic yet' });
        const most = Math.max(...list.map((r) => Number(r[by()])), 1e-9);
        const all = list.reduce((sum, r) => sum + Number(r[by()]), 0);
        return h(
          'ol',
          { class: 'bars' },
          list.map((r) =>
            h(
              'li',
              { key: r.topic },
              h('a', { href: link(['topics'], { at: r.topic }), class: 'mono' }, r.topic),
              h('meter', { min: 0, max: most, value: Number(r[by()]), 'aria-label': r.topic }),
              h('span', { class: 'num' }, `${Math.round((Number(r[by()]) / (all || 1)) * 100)} %`),
              h('span', { class: 'num dim' }, r.rate === null ? '' : `${short(Math.round(r.rate * 10) / 10)}/s`),
              h('span', { class: 'num dim' }, count(r.messages)),
              h('span', { class: 'num dim' }, bytes(r.bytes)),
            ),
          ),
        );
      }),
    );
});
