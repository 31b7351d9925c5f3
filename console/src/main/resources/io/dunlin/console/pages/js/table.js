// @ts-check
/**
 * The one table: filters, sorting, columns, pages, export, the command that shows the same. With `path` the broker does
 * the work page by page; with `rows` the browser does. What is shown is in the address (the names begin with `prefix`).
 */
import { h, view, follow, resource, cx } from './dom.js';
import { icon } from './icons.js';
import { get, rows as rowsOf, save } from './api.js';
import { route, setQuery } from './router.js';
import { recall, remember } from './prefs.js';
import { shortcuts } from './keys.js';
import { csvCell, count, plural, shell } from './format.js';
import { Button, Empty, Failure, Loading, Menu, copy, toast, attempt } from './ui.js';

const EXPORT_ROWS_MAX = 200_000;

/**
 * @typedef {object} Column
 * @property {string} key the field of the row
 * @property {string} label
 * @property {(row: any) => any} [show]
 * @property {(row: any) => any} [value] for sorting here and for export, where it is not the field
 * @property {boolean} [sort] the broker can sort by it
 * @property {boolean} [num]
 * @property {boolean} [hidden] not shown unless chosen
 * @property {boolean} [grow] takes the room that is left
 */

/**
 * @typedef {object} Filter
 * @property {string} key the word of the query
 * @property {string} label
 * @property {any[]} [options] of a choice: [value, text]
 * @property {(row: any, value: string) => boolean} [match] where the browser filters
 */

/** @type {any} */
export const Table = view((self, first) => {
  follow(self, route);
  const id = first.id;
  const prefix = first.prefix ?? '';
  const q = (/** @type {string} */ key) => route.value.query.get(prefix + key) ?? '';
  const local = () => self.props.rows !== undefined;
  const size = () => Number(q('limit')) || self.props.limit || recall(`rows.${id}`, 50);
  const page = () => Math.max(1, Number(q('page')) || 1);
  const sort = () => q('sort') || self.props.sort || '';
  const filters = () => /** @type {Filter[]} */ (self.props.filters ?? []);

  const query = () => {
    /** @type {Record<string, any>} */
    const words = { ...self.props.query, sort: sort() };
    for (const filter of filters()) if (q(filter.key)) words[filter.key] = q(filter.key);
    return words;
  };

  const it = resource(self, async () =>
    local() ? null : get(self.props.path, { ...query(), page: page(), limit: size() }),
  );
  let asked = '';
  const key = () => JSON.stringify([self.props.path, query(), page(), size()]);
  asked = key();
  self.onUpdate(() => {
    if (!local() && key() !== asked) {
      asked = key();
      it.load();
    }
  });
  if (first.refresh)
    self.every(first.refresh, () => {
      if (!local() && !it.loading && live) it.load();
    });
  if (first.onReady) first.onReady(() => it.load());

  let live = recall(`live.${id}`, true);
  let current = -1;
  /** @type {Set<string>} */
  let chosen = new Set();
  let shown = recall(`columns.${id}`, undefined);
  /** @type {any} */
  let element;

  const columns = () => /** @type {Column[]} */ (self.props.columns.filter(Boolean));
  const visible = () => columns().filter((c) => (shown ? shown.includes(c.key) : !c.hidden));
  const rowKey = (/** @type {any} */ row) => String(self.props.rowKey ? self.props.rowKey(row) : row[columns()[0].key]);
  const valueOf = (/** @type {Column} */ c, /** @type {any} */ row) => (c.value ? c.value(row) : row[c.key]);

  const matching = () => {
    let all = self.props.rows;
    for (const filter of filters()) {
      const value = q(filter.key);
      if (value) {
        const low = value.toLowerCase();
        all = all.filter((/** @type {any} */ row) =>
          filter.match
            ? filter.match(row, value)
            : JSON.stringify(row[filter.key] ?? '')
                .toLowerCase()
                .includes(low),
        );
      }
    }
    const by = sort();
    if (by) {
      const down = by.startsWith('-');
      const column = columns().find((c) => c.key === by.replace(/^-/, ''));
      if (column) {
        const compare = (/** @type {any} */ a, /** @type {any} */ b) =>
          typeof a === 'number' && typeof b === 'number'
            ? a - b
            : String(a ?? '').localeCompare(String(b ?? ''), 'en', { numeric: true });
        all = [...all].sort((a, b) => compare(valueOf(column, a), valueOf(column, b)) * (down ? -1 : 1));
      }
    }
    return all;
  };

  const now = () => {
    if (local()) {
      const all = matching();
      return {
        rows: all.slice((page() - 1) * size(), page() * size()),
        total: all.length,
        more: page() * size() < all.length,
      };
    }
    const answer = it.data;
    return answer
      ? { rows: rowsOf(answer), total: answer.meta.count, more: answer.meta.hasnext }
      : { rows: [], total: 0, more: false };
  };

  const all = async () => {
    if (local()) return matching();
    const found = [];
    for (let at = 1; ; at++) {
      const answer = await get(self.props.path, { ...query(), page: at, limit: 1000 });
      found.push(...rowsOf(answer));
      if (!answer?.meta?.hasnext || found.length >= EXPORT_ROWS_MAX) return found;
    }
  };

  const csv = () =>
    attempt(async () => {
      const list = visible();
      const lines = [list.map((c) => csvCell(c.label)).join(',')];
      const found = await all();
      for (const row of found) lines.push(list.map((c) => csvCell(valueOf(c, row), c.key === 'payload')).join(','));
      save(new Blob([lines.join('\r\n') + '\r\n'], { type: 'text/csv' }), `dunlin-${id}.csv`);
      toast(`${plural(found.length, 'row')} saved as dunlin-${id}.csv`);
    });

  const json = () =>
    attempt(async () => {
      const found = await all();
      save(new Blob([JSON.stringify(found, null, 1)], { type: 'application/json' }), `dunlin-${id}.json`);
      toast(`${plural(found.length, 'row')} saved as dunlin-${id}.json`);
    });

  const command = () => {
    const made = self.props.command?.(query());
    return typeof made === 'string'
      ? made
      : made
        ? made
            .filter((/** @type {any} */ w) => w !== undefined && w !== '')
            .map(shell)
            .join(' ')
        : undefined;
  };

  const sortBy = (/** @type {Column} */ c) => {
    const by = sort();
    setQuery({
      [`${prefix}sort`]: by === c.key ? `-${c.key}` : by === `-${c.key}` ? '' : c.key,
      [`${prefix}page`]: '',
    });
  };

  const select = (/** @type {number} */ at) => {
    const length = now().rows.length;
    self.change(() => {
      current = Math.max(0, Math.min(length - 1, at));
    });
    element?.querySelectorAll('tbody tr')[current]?.scrollIntoView({ block: 'nearest' });
  };

  if (!first.quietKeys) {
    self.onMount(() =>
      shortcuts([
        { keys: 'j or ArrowDown', does: 'next row', run: () => select(current + 1) },
        { keys: 'k or ArrowUp', does: 'row before', run: () => select(current - 1) },
        {
          keys: 'Enter',
          does: 'open the row',
          run: () => {
            const row = now().rows[current];
            if (row) self.props.onOpen?.(row);
          },
        },
        {
          keys: 'n',
          does: 'next page',
          run: () => {
            if (now().more) setQuery({ [`${prefix}page`]: page() + 1 });
          },
        },
        {
          keys: 'p',
          does: 'page before',
          run: () => {
            if (page() > 1) setQuery({ [`${prefix}page`]: page() - 1 > 1 ? page() - 1 : '' });
          },
        },
        { keys: 'f', does: 'filter', run: () => element?.querySelector('.filters input')?.focus() },
        {
          keys: 'x',
          does: 'mark the row',
          run: () => {
            const row = now().rows[current];
            if (row && self.props.bulk) toggle(row);
          },
        },
        {
          keys: 'Escape',
          does: 'no row',
          run: () =>
            self.change(() => {
              current = -1;
              chosen = new Set();
            }),
        },
      ]),
    );
  }

  const toggle = (/** @type {any} */ row) =>
    self.change(() => {
      const k = rowKey(row);
      chosen = new Set(chosen);
      if (!chosen.delete(k)) chosen.add(k);
    });

  let typing = 0;
  let unfolded = false;
  const filterInput = (/** @type {Filter} */ filter) =>
    filter.options
      ? h(
          'label',
          { key: filter.key, class: 'filter' },
          h('span', null, filter.label),
          h(
            'select',
            {
              value: q(filter.key),
              onChange: (/** @type {any} */ e) =>
                setQuery({ [prefix + filter.key]: e.target.value, [`${prefix}page`]: '' }),
            },
            h('option', { value: '' }, 'all'),
            filter.options.map(([value, text]) => h('option', { key: value, value }, text)),
          ),
        )
      : h(
          'label',
          { key: filter.key, class: cx('filter', { set: q(filter.key) }) },
          h('span', null, filter.label),
          h('input', {
            type: 'search',
            value: q(filter.key),
            spellcheck: false,
            onInput: (/** @type {any} */ e) => {
              const value = e.target.value;
              clearTimeout(typing);
              typing = window.setTimeout(() => setQuery({ [prefix + filter.key]: value, [`${prefix}page`]: '' }), 200);
            },
          }),
        );

  const columnPanel = () =>
    h(
      'div',
      { class: 'choose' },
      columns().map((c) =>
        h(
          'label',
          { key: c.key },
          h('input', {
            type: 'checkbox',
            checked: visible().includes(c),
            onChange: () =>
              self.change(() => {
                const keys = visible().map((v) => v.key);
                shown = columns()
                  .map((v) => v.key)
                  .filter((k) => (k === c.key ? !keys.includes(k) : keys.includes(k)));
                if (shown.length === 0) shown = undefined;
                remember(`columns.${id}`, shown);
              }),
          }),
          c.label,
        ),
      ),
      h(
        'button',
        {
          type: 'button',
          onClick: () =>
            self.change(() => {
              shown = undefined;
              remember(`columns.${id}`, undefined);
            }),
        },
        'As it was',
      ),
    );

  return (p) => {
    const { rows, total, more } = now();
    const list = visible();
    const by = sort();
    const text = command();
    const filtered = filters().some((f) => q(f.key));
    const marked = rows.filter((/** @type {any} */ row) => chosen.has(rowKey(row)));
    return h(
      'div',
      {
        class: 'table',
        ref: (/** @type {any} */ e) => {
          element = e;
        },
        id: `table-${id}`,
      },
      h(
        'div',
        { class: 'tools' },
        h(
          'div',
          { class: cx('filters', { open: unfolded }) },
          filters().map(filterInput),
          filters().length > 1
            ? h(
                'span',
                { class: 'only-narrow' },
                h(Button, {
                  label: unfolded ? 'Fewer filters' : 'More filters',
                  kind: 'quiet',
                  small: true,
                  onClick: () =>
                    self.change(() => {
                      unfolded = !unfolded;
                    }),
                }),
              )
            : null,
          filtered
            ? h(Button, {
                label: 'Clear',
                kind: 'quiet',
                small: true,
                onClick: () =>
                  setQuery(Object.fromEntries([...filters().map((f) => [prefix + f.key, '']), [`${prefix}page`, '']])),
              })
            : null,
        ),
        h('span', { class: 'grow' }),
        p.tools,
        p.refresh
          ? h(Button, {
              icon: live ? 'pause' : 'play',
              kind: 'quiet',
              small: true,
              title: live ? 'Stop refreshing' : 'Refresh by itself',
              onClick: () =>
                self.change(() => {
                  live = !live;
                  remember(`live.${id}`, live ? undefined : false);
                }),
            })
          : null,
        local() && !p.onReload
          ? null
          : h(Button, {
              icon: 'refresh',
              kind: 'quiet',
              small: true,
              title: 'Refresh',
              onClick: () => (p.onReload ? p.onReload() : it.load()),
            }),
        h(Menu, { icon: 'columns', kind: 'quiet', small: true, end: true, title: 'Choose columns' }, columnPanel()),
        h(Menu, {
          icon: 'download',
          kind: 'quiet',
          small: true,
          end: true,
          title: 'Export, copy as command',
          items: [
            { label: 'Save as CSV', hint: 'the columns shown, all rows that match', run: csv },
            { label: 'Save as JSON', hint: 'all fields, all rows that match', run: json },
            text ? { label: 'Copy as command', hint: text, run: () => copy(text) } : null,
          ],
        }),
      ),
      marked.length
        ? h(
            'div',
            { class: 'bulk' },
            h('strong', null, `${plural(marked.length, 'row')} marked`),
            p.bulk.filter(Boolean).map((/** @type {any} */ b) =>
              h(Button, {
                key: b.label,
                label: b.label,
                kind: b.kind,
                small: true,
                onClick: async () => {
                  await b.run(marked);
                  self.change(() => {
                    chosen = new Set();
                  });
                  it.load();
                },
              }),
            ),
            h(Button, {
              label: 'None',
              kind: 'quiet',
              small: true,
              onClick: () =>
                self.change(() => {
                  chosen = new Set();
                }),
            }),
          )
        : null,
      h(
        'div',
        { class: cx('scroll', { stale: it.loading && it.data === undefined }) },
        h(
          'table',
          null,
          h(
            'thead',
            null,
            h(
              'tr',
              null,
              p.bulk
                ? h(
                    'th',
                    { class: 'mark' },
                    h('input', {
                      type: 'checkbox',
                      'aria-label': 'Mark all rows of this page',
                      checked: rows.length > 0 && marked.length === rows.length,
                      onChange: (/** @type {any} */ e) =>
                        self.change(() => {
                          chosen = new Set(e.target.checked ? rows.map(rowKey) : []);
                        }),
                    }),
                  )
                : null,
              list.map((c) => {
                const sortable = local() || c.sort;
                const direction = by === c.key ? 'ascending' : by === `-${c.key}` ? 'descending' : undefined;
                return h(
                  'th',
                  { key: c.key, scope: 'col', class: cx({ num: c.num, grow: c.grow }), 'aria-sort': direction },
                  sortable
                    ? h(
                        'button',
                        { type: 'button', onClick: () => sortBy(c) },
                        c.label,
                        direction ? icon(direction === 'ascending' ? 'up' : 'down') : null,
                      )
                    : c.label,
                );
              }),
              p.actions ? h('th', { class: 'actions' }, h('span', { class: 'sr' }, 'Actions')) : null,
            ),
          ),
          h(
            'tbody',
            null,
            rows.map((/** @type {any} */ row, /** @type {number} */ i) =>
              h(
                'tr',
                {
                  key: rowKey(row),
                  class: cx({ current: i === current, opens: p.onOpen }, p.rowClass?.(row)),
                  onClick: (/** @type {any} */ e) => {
                    if (p.onOpen && !e.target.closest('a,button,input,.menu') && !String(getSelection())) p.onOpen(row);
                  },
                },
                p.bulk
                  ? h(
                      'td',
                      { class: 'mark' },
                      h('input', {
                        type: 'checkbox',
                        'aria-label': `Mark ${rowKey(row)}`,
                        checked: chosen.has(rowKey(row)),
                        onChange: () => toggle(row),
                      }),
                    )
                  : null,
                list.map((c) =>
                  h(
                    'td',
                    { key: c.key, class: cx({ num: c.num, grow: c.grow }), 'data-label': c.label },
                    c.show
                      ? c.show(row)
                      : row[c.key] === null || row[c.key] === undefined || row[c.key] === ''
                        ? h('span', { class: 'none' }, '–')
                        : c.num
                          ? count(row[c.key])
                          : String(row[c.key]),
                  ),
                ),
                p.actions ? h('td', { class: 'actions' }, p.actions(row)) : null,
              ),
            ),
          ),
        ),
        rows.length === 0
          ? it.error && !local()
            ? h(Failure, { error: it.error, retry: it.load })
            : !local() && it.data === undefined
              ? h(Loading, {})
              : filtered
                ? h(Empty, {
                    icon: 'search',
                    title: 'Nothing matches',
                    action: h(Button, {
                      label: 'Clear the filters',
                      onClick: () => setQuery(Object.fromEntries(filters().map((f) => [prefix + f.key, '']))),
                    }),
                  })
                : h(Empty, p.empty ?? { title: 'Nothing here yet' })
          : it.error && !local()
            ? h('p', { class: 'problem' }, String(it.error.message))
            : null,
      ),
      h(
        'div',
        { class: 'foot' },
        h(
          'span',
          null,
          total === undefined
            ? ''
            : rows.length === 0
              ? plural(total, p.noun ?? 'row', p.nouns)
              : `${count((page() - 1) * size() + 1)}–${count((page() - 1) * size() + rows.length)} of ${plural(total, p.noun ?? 'row', p.nouns)}`,
        ),
        h('span', { class: 'grow' }),
        h(
          'label',
          null,
          h('span', { class: 'wide-only' }, 'Rows '),
          h(
            'select',
            {
              value: String(size()),
              'aria-label': 'Rows on a page',
              onChange: (/** @type {any} */ e) => {
                remember(`rows.${id}`, Number(e.target.value));
                setQuery({ [`${prefix}limit`]: e.target.value, [`${prefix}page`]: '' });
              },
            },
            [...new Set([20, 50, 100, 250, 1000, size()])]
              .sort((a, b) => a - b)
              .map((n) => h('option', { key: n, value: n }, n)),
          ),
        ),
        h(Button, {
          icon: 'up',
          kind: 'quiet turn-left',
          small: true,
          title: 'Page before (p)',
          disabled: page() <= 1,
          onClick: () => setQuery({ [`${prefix}page`]: page() > 2 ? page() - 1 : '' }),
        }),
        h('span', null, `page ${page()}`),
        h(Button, {
          icon: 'right',
          kind: 'quiet',
          small: true,
          title: 'Next page (n)',
          disabled: !more,
          onClick: () => setQuery({ [`${prefix}page`]: page() + 1 }),
        }),
      ),
    );
  };
});
