// @ts-check
/** The address: `#/clients/abc?tab=events`. All that a view shows is in it, so that it can be kept and sent. */
import { signal } from './dom.js';

/** @typedef {{path: string, parts: string[], query: URLSearchParams}} Route */

/** @returns {Route} */
function read() {
  const hash = location.hash.replace(/^#/, '') || '/';
  const mark = hash.indexOf('?');
  const path = mark < 0 ? hash : hash.slice(0, mark);
  return {
    path,
    parts: path
      .split('/')
      .filter(Boolean)
      .map((part) => {
        try {
          return decodeURIComponent(part);
        } catch {
          return part;
        }
      }),
    query: new URLSearchParams(mark < 0 ? '' : hash.slice(mark + 1)),
  };
}

export const route = signal(read());
addEventListener('hashchange', () => {
  route.value = read();
});

/** An address within the console. @param {string[]} parts @param {Record<string, any>} [query] */
export function link(parts, query = {}) {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') words.append(key, String(one));
    }
  }
  const text = words.toString();
  return `#/${parts.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}

/** @param {string[]} parts @param {Record<string, any>} [query] */
export function go(parts, query) {
  location.hash = link(parts, query);
}

/** Changes words of the query without a new entry in the history; empty ones go. @param {Record<string, any>} changes */
export function setQuery(changes) {
  const query = new URLSearchParams(route.value.query);
  for (const [key, value] of Object.entries(changes)) {
    query.delete(key);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') query.append(key, String(one));
    }
  }
  const text = query.toString();
  history.replaceState(null, '', `#${route.value.path}${text ? `?${text}` : ''}`);
  route.value = read();
}
