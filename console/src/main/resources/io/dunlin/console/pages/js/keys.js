// @ts-check
/** The keyboard: single keys and `g` followed by a letter, unless somebody is typing. */

/** @typedef {{keys: string, does: string, run: (e: KeyboardEvent) => void}} Shortcut */

/** Those of the page that is shown come before those that always hold. @type {Shortcut[][]} */
const layers = [];
let waiting = 0;

/** @param {Shortcut[]} shortcuts @returns {() => void} takes them away */
export function shortcuts(shortcuts) {
  layers.push(shortcuts);
  return () => {
    const at = layers.indexOf(shortcuts);
    if (at >= 0) layers.splice(at, 1);
  };
}

/** All that hold now, for the help. */
export function known() {
  return layers.flat();
}

function typing(target) {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return;
  if (typing(e.target)) {
    if (e.key === 'Escape') /** @type {HTMLElement} */ (e.target).blur();
    return;
  }
  if (document.querySelector('dialog[open]')) return;
  const inControl = e.target instanceof HTMLElement && /^(BUTTON|A|SUMMARY)$/.test(e.target.tagName);
  if (inControl && (e.key === 'Enter' || e.key === ' ')) return;
  let keys = e.key;
  if (Date.now() - waiting < 1200) keys = `g ${e.key}`;
  waiting = 0;
  for (let i = layers.length - 1; i >= 0; i--) {
    const found = layers[i].find((one) => one.keys.split(' or ').includes(keys));
    if (found) {
      e.preventDefault();
      found.run(e);
      return;
    }
  }
  if (e.key === 'g') waiting = Date.now();
});
