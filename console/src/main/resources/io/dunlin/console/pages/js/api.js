// @ts-check
/** The broker's HTTP API: one way to ask, one kind of error, and who is logged in. */
import { signal } from './dom.js';
import { recall, remember } from './prefs.js';

export const PREFIX = '/api/v1';

/** What went wrong, with a sentence that says what to do. */
export class ApiError extends Error {
  /** @param {number} status 0 where the broker could not be reached @param {string} code @param {string} message */
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Who is logged in: null nobody, undefined not known yet. @type {any} */
export const session = signal(undefined);

/** Whether the broker answers. */
export const online = signal(true);

const RANKS = { viewer: 0, operator: 1, admin: 2 };

/** Whether the person who is logged in may do what needs a role. @param {'viewer'|'operator'|'admin'} role */
export function may(role) {
  const mine = session.value?.role;
  return mine !== undefined && (RANKS[mine] ?? 0) >= RANKS[role];
}

/** A path with a query; what is empty is left out, lists are repeated. @param {string} path @param {Record<string, any>} [query] */
export function url(path, query = {}) {
  const words = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') words.append(key, String(one));
    }
  }
  const text = words.toString();
  return PREFIX + path + (text ? `?${text}` : '');
}

/**
 * Asks.
 * @param {string} method
 * @param {string} path below the prefix, its parts encoded
 * @param {{query?: Record<string, any>, body?: any, raw?: BodyInit, type?: string, blob?: boolean}} [how]
 * @returns {Promise<any>} the JSON of the answer, null where it is empty, the response with `blob`
 */
export async function ask(method, path, how = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json' };
  /** @type {BodyInit | undefined} */
  let body;
  if (how.raw !== undefined) {
    body = how.raw;
    headers['Content-Type'] = how.type ?? 'application/octet-stream';
  } else if (how.body !== undefined) {
    body = JSON.stringify(how.body);
    headers['Content-Type'] = 'application/json';
  }
  if (method !== 'GET' && session.value?.csrf) headers['X-CSRF-Token'] = session.value.csrf;
  let response;
  try {
    response = await fetch(url(path, how.query), {
      method,
      headers,
      body,
      credentials: 'same-origin',
      cache: 'no-store',
    });
  } catch {
    online.value = false;
    throw new ApiError(
      0,
      'UNREACHABLE',
      'The broker does not answer. The console tries again by itself; see whether the broker runs.',
    );
  }
  online.value = true;
  if (response.ok && how.blob) return response;
  const text = await response.text();
  let json = null;
  try {
    json = text ? JSON.parse(text) : null;
  } catch {
    if (response.ok) return text;
  }
  if (response.ok) return json;
  if (response.status === 401 && path !== '/login') {
    remember('known', undefined);
    session.value = null;
  }
  throw new ApiError(
    response.status,
    json?.code ?? `HTTP_${response.status}`,
    json?.message ?? `The broker answered with status ${response.status}.`,
  );
}

/** @param {string} path @param {Record<string, any>} [query] */
export const get = (path, query) => ask('GET', path, { query });
/** @param {string} path @param {any} [body] */
export const post = (path, body) => ask('POST', path, { body: body ?? {} });
/** @param {string} path @param {any} [body] */
export const put = (path, body) => ask('PUT', path, { body: body ?? {} });
/** @param {string} path @param {Record<string, any>} [query] */
export const remove = (path, query) => ask('DELETE', path, { query });

/** The rows of a page. @param {{data: any[], meta: any}} answer */
export const rows = (answer) => answer.data;

/** A part of a path. @param {any} text */
export const part = (text) => encodeURIComponent(String(text));

/** Finds out who is logged in. */
export async function whoami() {
  if (!recall('known')) {
    // nobody has logged in with this browser: no need to ask and be refused
    session.value = null;
    return;
  }
  try {
    session.value = await get('/whoami');
  } catch (/** @type {any} */ e) {
    if (e.status === 401 || e.status === 403) session.value = null;
    else throw e;
  }
}

/** @param {string} username @param {string} password */
export async function login(username, password) {
  const answer = await post('/login', { username, password });
  remember('known', true);
  session.value = { username, role: answer.role, csrf: answer.csrf };
}

export async function logout() {
  try {
    await post('/logout');
  } finally {
    remember('known', undefined);
    session.value = null;
  }
}

/** Saves something as a file. @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Fetches something and saves it as a file. @param {string} method @param {string} path @param {string} name @param {any} [how] */
export async function download(method, path, name, how = {}) {
  const response = await ask(method, path, { ...how, blob: true });
  const said = /filename="?([^";]+)"?/.exec(response.headers.get('Content-Disposition') ?? '');
  save(await response.blob(), said ? said[1] : name);
}
