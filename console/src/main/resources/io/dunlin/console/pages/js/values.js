// @ts-check
/** What the bytes of a payload are: text, JSON, numbers, hexadecimal, and what differs between two. Draws nothing. */
import { fromBase64, bytes as sizeOf } from './format.js';

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

/** All numbers within a value by their paths; a payload that is a number has the path ''. @param {any} value @param {string} [from] where the value stands @returns {Map<string, number>} */
export function numbers(value, from = '') {
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
  walk(value, from);
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
