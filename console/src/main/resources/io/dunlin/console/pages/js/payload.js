// @ts-check
/** A payload for people: JSON as a tree whose numbers can be charted, text, hexadecimal; and what differs from the one before. */
import { h, view, cx } from './dom.js';
import { fromBase64, bytes as sizeOf } from './format.js';
import { Segments, Button, copy } from './ui.js';
import { icon } from './icons.js';

const HEX_BYTES_MAX = 4096;
const TEXT = new TextDecoder('utf-8', { fatal: true });

/** A text where the bytes are one. @param {Uint8Array} data @returns {string | undefined} */
export function textOf(data) {
  try {
    const text = TEXT.decode(data);
    // eslint-disable-next-line no-control-regex
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** @param {string | undefined} text @returns {{ok: boolean, value?: any}} */
export function jsonOf(text) {
  if (text === undefined || !/^\s*[[{"\d\-tfn]/.test(text)) return { ok: false };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

/** One line of a payload. @param {string | undefined} base64 @param {number} [most] */
export function preview(base64, most = 120) {
  if (!base64) return '';
  const data = fromBase64(base64.length > 800 ? base64.slice(0, 800) : base64);
  let text = textOf(data);
  if (text === undefined && base64.length > 800) text = textOf(data.subarray(0, data.length - 3));
  if (text === undefined)
    return (
      [...data.subarray(0, 24)].map((b) => b.toString(16).padStart(2, '0')).join(' ') + (data.length > 24 ? ' …' : '')
    );
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

/** All numbers within a value by their paths; a payload that is a number has the path ''. @param {any} value @returns {Map<string, number>} */
export function numbers(value) {
  const out = new Map();
  const walk = (/** @type {any} */ it, /** @type {string} */ path) => {
    if (out.size > 500) return;
    if (typeof it === 'number') out.set(path, it);
    else if (typeof it === 'boolean') out.set(path, it ? 1 : 0);
    else if (typeof it === 'string' && it.trim() !== '' && /^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(it.trim()))
      out.set(path, Number(it));
    else if (Array.isArray(it)) it.forEach((one, i) => walk(one, `${path}[${i}]`));
    else if (it && typeof it === 'object') for (const key in it) walk(it[key], path ? `${path}.${key}` : key);
  };
  walk(value, '');
  return out;
}

/** The number at a path of a payload, undefined where there is none. @param {string} base64 @param {string} path */
export function numberAt(base64, path) {
  const text = textOf(fromBase64(base64 ?? ''));
  const json = jsonOf(text);
  return numbers(json.ok ? json.value : text).get(path);
}

/** Hexadecimal with its characters, 16 bytes a line. @param {Uint8Array} data */
export function hexDump(data) {
  const lines = [];
  const end = Math.min(data.length, HEX_BYTES_MAX);
  for (let at = 0; at < end; at += 16) {
    const part = data.subarray(at, Math.min(end, at + 16));
    const hex = [...part].map((b) => b.toString(16).padStart(2, '0'));
    const left = hex.slice(0, 8).join(' ').padEnd(23);
    const right = hex.slice(8).join(' ').padEnd(23);
    lines.push(
      `${at.toString(16).padStart(6, '0')}  ${left}  ${right}  ${[...part].map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '·')).join('')}`,
    );
  }
  if (data.length > end) lines.push(`… ${sizeOf(data.length - end)} more`);
  return lines.join('\n');
}

/** Lines of two texts side by side: [sign, line]. @param {string} before @param {string} now */
export function diff(before, now) {
  const a = before.split('\n').slice(0, 400);
  const b = now.split('\n').slice(0, 400);
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--)
      table[i * width + j] =
        a[i] === b[j]
          ? table[(i + 1) * width + j + 1] + 1
          : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
  }
  /** @type {string[][]} */
  const out = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push([' ', b[j++]]);
      i++;
    } else if (j >= b.length || (i < a.length && table[(i + 1) * width + j] >= table[i * width + j + 1]))
      out.push(['-', a[i++]]);
    else out.push(['+', b[j++]]);
  }
  return out;
}

const pretty = (/** @type {Uint8Array} */ data) => {
  const text = textOf(data);
  const json = jsonOf(text);
  return json.ok && typeof json.value === 'object' ? JSON.stringify(json.value, null, 2) : (text ?? hexDump(data));
};

/** A JSON value as a tree. @param {any} value @param {string} path @param {any} p @param {any} [before] */
function tree(value, path, p, before) {
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

/**
 * Shows a payload. Props: base64, size (where not all of it came), before (base64 of the one before), onNumber(path), charted(path).
 * @type {any}
 */
export const Payload = view((self) => {
  let how = '';
  return (p) => {
    const data = fromBase64(p.base64 ?? '');
    const text = textOf(data);
    const json = jsonOf(text);
    const cut = p.size !== undefined && p.size > data.length;
    const options = [
      json.ok ? ['json', 'JSON'] : null,
      text !== undefined ? ['text', 'Text'] : null,
      ['hex', 'Hex'],
      p.before !== undefined ? ['diff', 'Changes'] : null,
    ].filter(Boolean);
    const shown = options.some((o) => o?.[0] === how) ? how : (options[0]?.[0] ?? 'hex');
    const before = p.before !== undefined ? fromBase64(p.before) : undefined;
    let view;
    if (data.length === 0) view = h('p', { class: 'dim' }, 'The payload is empty.');
    else if (shown === 'json') {
      const old = before ? jsonOf(textOf(before)) : { ok: false, value: undefined };
      view = h('div', { class: 'code' }, tree(json.value, '', p, old.ok ? old.value : undefined));
    } else if (shown === 'text') {
      const single = p.onNumber && numbers(text).size;
      view = single ? h('div', { class: 'code' }, tree(text, '', p)) : h('pre', { class: 'code' }, text);
    } else if (shown === 'diff' && before)
      view = h(
        'pre',
        { class: 'code diff' },
        diff(pretty(before), pretty(data)).map(([sign, line], i) =>
          h('span', { key: i, class: sign === '+' ? 'plus' : sign === '-' ? 'minus' : '' }, `${sign} ${line}\n`),
        ),
      );
    else view = h('pre', { class: 'code' }, hexDump(data));
    return h(
      'div',
      { class: 'payload' },
      h(
        'div',
        { class: 'row' },
        h(Segments, {
          label: 'Show as',
          value: shown,
          options,
          onChange: (/** @type {string} */ v) =>
            self.change(() => {
              how = v;
            }),
        }),
        h('span', { class: 'dim' }, sizeOf(p.size ?? data.length)),
        h('span', { class: 'grow' }),
        h(Button, {
          icon: 'copy',
          kind: 'quiet',
          small: true,
          title: 'Copy the payload',
          onClick: () => copy(text ?? hexDump(data), 'Copied'),
        }),
      ),
      view,
      cut ? h('p', { class: 'dim' }, `Only the first ${sizeOf(data.length)} are shown.`) : null,
    );
  };
});
