// @ts-check
/** The latest lines of the broker's log. */
import { h, view } from '../dom.js';
import { command } from '../commands.js';
import { Table } from '../table.js';
import { Badge, ask } from '../ui.js';
import { when } from '../format.js';

const TONES = /** @type {Record<string, string>} */ ({ error: 'bad', warn: 'warn' });

export const Log = view(
  () => () =>
    h(Table, {
      id: 'log',
      path: '/log',
      noun: 'line',
      refresh: 5000,
      rowKey: (/** @type {any} */ l) => l.number,
      onOpen: (/** @type {any} */ l) => {
        ask({
          title: `${l.level} of ${l.logger}, ${when(l.time)}`,
          wide: true,
          cancel: '',
          confirm: 'Close',
          body: () => h('pre', { class: 'code' }, l.text),
        });
      },
      filters: [
        {
          key: 'level',
          label: 'Level',
          options: [
            ['error', 'errors'],
            ['warn', 'warnings and worse'],
            ['info', 'info and worse'],
            ['debug', 'debug and worse'],
          ],
        },
        { key: 'like_text', label: 'Text' },
      ],
      columns: [
        { key: 'time', label: 'Time', sort: true, show: (/** @type {any} */ l) => when(l.time) },
        {
          key: 'level',
          label: 'Level',
          show: (/** @type {any} */ l) => h(Badge, { tone: TONES[l.level] ?? '' }, l.level),
        },
        { key: 'logger', label: 'From' },
        {
          key: 'text',
          label: 'Text',
          grow: true,
          show: (/** @type {any} */ l) => h('span', { title: l.text }, l.text),
        },
      ],
      command: (/** @type {any} */ q) => command('log.list', q),
      empty: { icon: 'system', title: 'Nothing of that is in the log' },
    }),
);
