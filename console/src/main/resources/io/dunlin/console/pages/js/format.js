// @ts-check
/** How figures, times and texts are shown. */

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A count in full: 12,345. @param {any} n */
export function count(n) {
  return n === null || n === undefined || n === '' || Number.isNaN(Number(n)) ? '–' : GROUPED.format(Number(n));
}

/** A figure in few characters: 12.3k. @param {any} n */
export function short(n) {
  if (n === null || n === undefined || Number.isNaN(Number(n))) return '–';
  const value = Number(n);
  const size = Math.abs(value);
  if (size >= 1e9) return trim(value / 1e9) + 'G';
  if (size >= 1e6) return trim(value / 1e6) + 'M';
  if (size >= 1e4) return trim(value / 1e3) + 'k';
  if (size >= 100 || Number.isInteger(value)) return GROUPED.format(value);
  if (size >= 1) return trim(value);
  return size === 0 ? '0' : String(Number(value.toPrecision(2)));
}

function trim(value) {
  const size = Math.abs(value);
  return size >= 100 ? String(Math.round(value)) : size >= 10 ? value.toFixed(1) : String(Number(value.toFixed(2)));
}

/** Bytes with binary units. @param {any} n */
export function bytes(n) {
  if (n === null || n === undefined || Number.isNaN(Number(n))) return '–';
  let value = Number(n);
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? short(Math.round(value * 10) / 10) : trim(value)} ${units[unit]}`;
}

/** Milliseconds out of a time of the API: ISO text, milliseconds, or seconds. @param {any} time @returns {number | undefined} */
export function millis(time) {
  if (time === null || time === undefined || time === '') return undefined;
  if (typeof time === 'number') return time < 1e11 ? time * 1000 : time;
  const parsed = Date.parse(time);
  return Number.isNaN(parsed) ? undefined : parsed;
}

const two = (n) => String(n).padStart(2, '0');

/** A local date and time: 2026-01-31 12:05:09. @param {any} time */
export function when(time) {
  const ms = millis(time);
  if (ms === undefined) return '–';
  const d = new Date(ms);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${clock(ms)}`;
}

/** 12:05:09. @param {number} ms */
export function clock(ms) {
  const d = new Date(ms);
  return `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

/** 12:05:09.123. @param {any} time */
export function clockMillis(time) {
  const ms = millis(time);
  return ms === undefined ? '–' : `${clock(ms)}.${String(Math.floor(ms % 1000)).padStart(3, '0')}`;
}

/** How long in few words: 3 d 4 h. @param {number} ms */
export function span(ms) {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min${s % 60 && s < 600 ? ` ${s % 60} s` : ''}`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

/** How long ago. @param {any} time */
export function ago(time) {
  const ms = millis(time);
  if (ms === undefined) return '–';
  const past = Date.now() - ms;
  return past < 1500 && past > -1500 ? 'just now' : past < 0 ? `in ${span(-past)}` : `${span(past)} ago`;
}

/** A plural: 1 client, 2 clients. @param {number} n @param {string} one @param {string} [many] */
export function plural(n, one, many) {
  return `${count(n)} ${n === 1 ? one : (many ?? `${one}s`)}`;
}

/** A word of a POSIX shell. @param {any} word */
export function shell(word) {
  const text = String(word);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * A cell of CSV. A text that a spreadsheet would compute begins with an apostrophe there, as in `dunlin clients list --csv`.
 * @param {any} value @param {boolean} [coded] it is base64, which is no formula
 */
export function csvCell(value, coded) {
  let text =
    value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (typeof value === 'string' && !coded && /^[=+@\t\r-]/.test(text)) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Bytes out of base64. @param {string} text */
export function fromBase64(text) {
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}

/** @param {Uint8Array} data */
export function toBase64(data) {
  let raw = '';
  for (let i = 0; i < data.length; i += 8192) raw += String.fromCharCode(...data.subarray(i, i + 8192));
  return btoa(raw);
}
