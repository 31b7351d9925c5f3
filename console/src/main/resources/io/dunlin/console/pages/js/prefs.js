// @ts-check
/** What this browser remembers: theme, columns, boards. Nothing secret. */
import { signal } from './dom.js';

const PREFIX = 'dunlin.';

/** @param {string} key @param {any} [otherwise] */
export function recall(key, otherwise) {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** @param {string} key @param {any} value undefined forgets it */
export function remember(key, value) {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing is no reason not to go on.
  }
}

const dark = matchMedia('(prefers-color-scheme: dark)');

/** auto, light or dark. */
export const theme = signal(recall('theme', 'auto'));

/** Which of the two is in force. */
export const scheme = signal('light');

function apply() {
  const now = theme.value === 'auto' ? (dark.matches ? 'dark' : 'light') : theme.value;
  document.documentElement.dataset.theme = now;
  scheme.value = now;
}

dark.addEventListener('change', apply);
theme.watch((value) => {
  remember('theme', value === 'auto' ? undefined : value);
  apply();
});
apply();

export function switchTheme() {
  theme.value = scheme.value === 'dark' ? 'light' : 'dark';
}
