// @ts-check
/** A value as a tree whose numbers can be charted. */
import { h, cx } from './dom.js';
import { icon } from './icons.js';
import { numbers } from './values.js';

/** @param {any} value @param {string} path @param {any} p @param {any} [before] */
export function tree(value, path, p, before) {
  const changed = before !== undefined && typeof value !== 'object' && before !== value;
  if (Array.isArray(value) || (value && typeof value === 'object')) {
    const list = Array.isArray(value);
    const keys = list ? value.map((/** @type {any} */ _, /** @type {number} */ i) => i) : Object.keys(value);
    if (keys.length === 0) return h('span', { class: 'punct' }, list ? '[]' : '{}');
    return h(
      'ul',
      { class: 'json' },
      keys.slice(0, 300).map((/** @type {any} */ key) => {
        const at = list ? `${path}[${key}]` : path ? `${path}.${key}` : key;
        const deep = value[key] && typeof value[key] === 'object' && Object.keys(value[key]).length > 0;
        return h(
          'li',
          { key },
          h('span', { class: 'name' }, list ? key : key),
          deep ? h('span', { class: 'punct' }, Array.isArray(value[key]) ? ` [${value[key].length}]` : '') : ': ',
          tree(value[key], at, p, before?.[key]),
        );
      }),
      keys.length > 300 ? h('li', { class: 'dim' }, `… ${keys.length - 300} more`) : null,
    );
  }
  if (p.onNumber && numbers(value).size) {
    return h(
      'button',
      {
        type: 'button',
        class: cx('value chartable', typeof value, { changed, charted: p.charted?.(path) }),
        title: path ? `Chart ${path}` : 'Chart this number',
        onClick: () => p.onNumber(path),
      },
      JSON.stringify(value),
      icon('chart'),
    );
  }
  return h('span', { class: cx('value', value === null ? 'null' : typeof value, { changed }) }, JSON.stringify(value));
}
