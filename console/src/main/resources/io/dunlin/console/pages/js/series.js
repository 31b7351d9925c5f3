// @ts-check
/** Numbers out of payloads over time. What is charted once goes on being gathered while the page is open, whichever screen is shown. */
import { listen } from './live.js';
import { sparkplugOf } from './births.js';
import { fromBase64 } from './format.js';
import { numberIn } from './sparkplug.js';
import { numberAt } from './values.js';
import { signal } from './dom.js';

const POINTS_MAX = 7200;
const SERIES_MAX = 40;

/** @typedef {{topic: string, path: string}} Source */

/** @type {Map<string, {points: number[][], add: (payload: string, ts: number) => void, end: () => void}>} */
const gathered = new Map();

/** Changes with each new point, at most some times a second. */
export const arrived = signal(0);
let waiting = 0;

const key = (/** @type {Source} */ s) => `${s.topic}\u0000${s.path}`;

/** The number of a source in a payload, undefined where there is none. @param {Source} source @param {string} payload in base64 */
function numberOf(source, payload) {
  const sparkplug = sparkplugOf(source.topic, fromBase64(payload ?? ''));
  return sparkplug ? numberIn(sparkplug, source.path) : numberAt(payload, source.path);
}

/** The points of a number of a topic, from now on. @param {Source} source @param {string} [first] the payload that is there already, in base64 @param {number} [at] */
export function points(source, first, at) {
  const known = gathered.get(key(source));
  if (known) {
    if (first && known.points.length === 0) known.add(first, at ?? Date.now());
    return known.points;
  }
  /** @type {number[][]} */
  const list = [];
  const add = (/** @type {string} */ payload, /** @type {number} */ ts) => {
    const value = numberOf(source, payload);
    if (value === undefined || (list.length && ts < list[list.length - 1][0])) return;
    list.push([ts, value]);
    if (list.length > POINTS_MAX) list.splice(0, list.length - POINTS_MAX);
    if (!waiting) {
      waiting = window.setTimeout(() => {
        waiting = 0;
        arrived.value++;
      }, 250);
    }
  };
  if (first) add(first, at ?? Date.now());
  const end = listen([source.topic], (m) => add(m.payload, m.ts));
  gathered.set(key(source), { points: list, add, end });
  if (gathered.size > SERIES_MAX) {
    const [oldest, it] = gathered.entries().next().value ?? [];
    if (oldest !== undefined) {
      it?.end();
      gathered.delete(oldest);
    }
  }
  return list;
}

/** A name for people. @param {Source} source */
export function nameOf(source) {
  return source.path ? `${source.topic} › ${source.path}` : source.topic;
}

/** Where a chart of the last minutes begins: not long before its first point. @param {{points: number[][]}[]} series @param {number} to @param {number} minutes */
export function begin(series, to, minutes) {
  const first = Math.min(...series.map((s) => s.points[0]?.[0] ?? Infinity), to - 60_000);
  return Math.max(to - minutes * 60_000, first);
}
