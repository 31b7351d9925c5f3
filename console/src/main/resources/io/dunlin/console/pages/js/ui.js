// @ts-check
/** The parts that all screens are made of. */
import { h, view, follow, signal, cx } from './dom.js';
import { icon } from './icons.js';
import { ApiError } from './api.js';

/**
 * A button; `kind` is primary, danger, quiet or nothing.
 * @param {{label?: any, icon?: string, kind?: string, onClick?: (e: any) => void, disabled?: boolean, busy?: boolean, title?: string, type?: string, pressed?: boolean, small?: boolean, id?: string}} p
 */
export function Button(p) {
  return h(
    'button',
    {
      id: p.id,
      type: p.type ?? 'button',
      class: cx('button', p.kind, { small: p.small, bare: !p.label, on: p.pressed }),
      disabled: p.disabled || p.busy,
      title: p.title,
      'aria-label': p.label ? undefined : p.title,
      'aria-pressed': p.pressed === undefined ? undefined : String(p.pressed),
      onClick: p.onClick,
    },
    p.busy ? h('span', { class: 'spin' }) : p.icon ? icon(p.icon) : null,
    p.label ? h('span', null, p.label) : null,
  );
}

/** A link that looks like a button. @param {any} p */
export function LinkButton(p) {
  return h(
    'a',
    { href: p.href, class: cx('button', p.kind, { small: p.small }), title: p.title },
    p.icon ? icon(p.icon) : null,
    h('span', null, p.label),
  );
}

/** @param {{title?: any, actions?: any, note?: any, class?: string, children?: any, flush?: boolean}} p */
export function Card(p) {
  return h(
    'section',
    { class: cx('card', p.class, { flush: p.flush }) },
    p.title || p.actions
      ? h(
          'header',
          null,
          h('h2', null, p.title),
          p.note ? h('span', { class: 'note' }, p.note) : null,
          h('span', { class: 'grow' }),
          p.actions,
        )
      : null,
    p.children,
  );
}

/** A short mark; `tone` is good, warn, bad, accent or nothing. @param {{tone?: string, children?: any, title?: string}} p */
export function Badge(p) {
  return h('span', { class: cx('badge', p.tone), title: p.title }, p.children);
}

/** @param {{label?: string}} p */
export function Loading(p) {
  return h(
    'div',
    { class: 'state loading', role: 'status' },
    h('span', { class: 'spin' }),
    h('span', null, p.label ?? 'Loading …'),
  );
}

/** Nothing to show, and what to do about it. @param {{icon?: string, title: string, children?: any, action?: any}} p */
export function Empty(p) {
  return h(
    'div',
    { class: 'state empty' },
    icon(p.icon ?? 'info'),
    h('strong', null, p.title),
    p.children ? h('p', null, p.children) : null,
    p.action,
  );
}

/** What went wrong. @param {{error: any, retry?: () => void}} p */
export function Failure(p) {
  const e = p.error;
  return h(
    'div',
    { class: 'state failure', role: 'alert' },
    icon('warn'),
    h(
      'strong',
      null,
      e instanceof ApiError && e.status === 403 ? 'Your role does not allow this' : 'This did not work',
    ),
    h('p', null, String(e?.message ?? e)),
    p.retry ? h(Button, { label: 'Try again', icon: 'refresh', onClick: p.retry }) : null,
  );
}

/** A resource, or how it stands with it. @param {any} it @param {(data: any) => any} draw */
export function settled(it, draw) {
  if (it.data !== undefined) return draw(it.data);
  if (it.error) return h(Failure, { error: it.error, retry: it.load });
  return h(Loading, {});
}

/** Names and values. @param {{items: any[], wide?: boolean}} p items: [name, value, hint] or nothing */
export function Facts(p) {
  return h(
    'dl',
    { class: cx('facts', { wide: p.wide }) },
    p.items
      .filter(Boolean)
      .map(([name, value, hint]) =>
        h('div', { key: name, title: hint }, h('dt', null, name), h('dd', null, value ?? '–')),
      ),
  );
}

/** A choice between few. @param {{value: string, options: any[], onChange: (value: string) => void, label?: string}} p options: [value, text] */
export function Segments(p) {
  return h(
    'div',
    { class: 'segments', role: 'radiogroup', 'aria-label': p.label },
    p.options.map(([value, text]) =>
      h(
        'button',
        {
          key: value,
          type: 'button',
          role: 'radio',
          'aria-checked': String(value === p.value),
          class: cx({ on: value === p.value }),
          onClick: () => p.onChange(value),
        },
        text,
      ),
    ),
  );
}

/** @param {{value: string, tabs: any[]}} p tabs: [value, text, href, count] */
export function Tabs(p) {
  return h(
    'nav',
    { class: 'tabs' },
    p.tabs.filter(Boolean).map(([value, text, href, count]) =>
      h(
        'a',
        {
          key: value,
          href,
          class: cx({ on: value === p.value }),
          'aria-current': value === p.value ? 'page' : undefined,
        },
        text,
        count === undefined ? null : h('span', { class: 'count' }, count),
      ),
    ),
  );
}

let fields = 0;

/**
 * A labelled input. `type`: text, password, number, area, select, check, file, datetime-local.
 * @type {any}
 */
export const Field = view(() => {
  const id = `field-${++fields}`;
  return (/** @type {any} */ p) => {
    const common = {
      id,
      name: p.name,
      disabled: p.disabled,
      placeholder: p.placeholder,
      required: p.required,
      autocomplete: p.autocomplete ?? 'off',
      spellcheck: false,
      autofocus: p.autofocus,
      'aria-describedby': p.hint ? `${id}-hint` : undefined,
    };
    const onInput = (/** @type {any} */ e) =>
      p.onInput?.(p.type === 'check' ? e.target.checked : p.type === 'file' ? e.target.files[0] : e.target.value);
    let input;
    if (p.type === 'area')
      input = h('textarea', { ...common, rows: p.rows ?? 4, value: p.value, onInput, class: cx({ mono: p.mono }) });
    else if (p.type === 'select') {
      input = h(
        'select',
        { ...common, value: p.value, onChange: onInput },
        p.options.map((/** @type {any} */ o) =>
          Array.isArray(o) ? h('option', { key: o[0], value: o[0] }, o[1]) : h('option', { key: o, value: o }, o),
        ),
      );
    } else if (p.type === 'check')
      input = h('input', { ...common, type: 'checkbox', checked: !!p.value, onChange: onInput });
    else if (p.type === 'file') input = h('input', { ...common, type: 'file', accept: p.accept, onChange: onInput });
    else
      input = h('input', {
        ...common,
        type: p.type ?? 'text',
        value: p.value,
        min: p.min,
        max: p.max,
        step: p.step,
        onInput,
        class: cx({ mono: p.mono }),
        list: p.list ? `${id}-list` : undefined,
      });
    return h(
      'div',
      { class: cx('field', p.type, { invalid: p.problem, span: p.span }) },
      h('label', { for: id }, p.label),
      input,
      p.list
        ? h(
            'datalist',
            { id: `${id}-list` },
            p.list.map((/** @type {string} */ o) => h('option', { key: o, value: o })),
          )
        : null,
      p.problem
        ? h('small', { class: 'problem' }, p.problem)
        : p.hint
          ? h('small', { id: `${id}-hint` }, p.hint)
          : null,
    );
  };
});

// --- Toasts -----------------------------------------------------------------------------------------------------------

const toasts = signal(/** @type {any[]} */ ([]));
let toastNumber = 0;

/** Says something in passing. @param {string} text @param {'good'|'bad'|''} [tone] */
export function toast(text, tone = 'good') {
  const one = { id: ++toastNumber, text, tone };
  toasts.value = [...toasts.value.slice(-3), one];
  setTimeout(() => dismiss(one), tone === 'bad' ? 10_000 : 4000);
}

function dismiss(one) {
  toasts.value = toasts.value.filter((it) => it !== one);
}

/** Does something and says what came of it. @param {() => Promise<any>} run @param {string} [done] @returns {Promise<boolean>} whether it worked */
export async function attempt(run, done) {
  try {
    await run();
    if (done) toast(done);
    return true;
  } catch (e) {
    toast(String(/** @type {any} */ (e).message ?? e), 'bad');
    return false;
  }
}

export const Toasts = view((self) => {
  follow(self, toasts);
  return () =>
    h(
      'div',
      { class: 'toasts', 'aria-live': 'polite' },
      toasts.value.map((one) =>
        h(
          'div',
          { key: one.id, class: cx('toast', one.tone) },
          icon(one.tone === 'bad' ? 'warn' : 'check'),
          h('span', null, one.text),
          h(Button, { icon: 'close', kind: 'quiet', small: true, title: 'Dismiss', onClick: () => dismiss(one) }),
        ),
      ),
    );
});

/** Copies a text and says so. @param {string} text @param {string} [what] */
export async function copy(text, what = 'Copied') {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what}: ${text.length > 90 ? `${text.slice(0, 90)}…` : text}`);
  } catch {
    ask({ title: 'Copy this', body: () => h('pre', { class: 'code' }, text), confirm: 'Close', cancel: '' });
  }
}

// --- Dialogs ----------------------------------------------------------------------------------------------------------

const dialogs = signal(/** @type {any[]} */ ([]));

/**
 * Asks in a dialog.
 * @param {{title: string, body?: (redraw: () => void) => any, confirm?: string, cancel?: string, danger?: boolean, wide?: boolean, run?: () => Promise<any>, type?: string}} what
 *   `run` is done before the dialog closes, and what goes wrong is shown in it; `type` has to be typed before it can be confirmed
 * @returns {Promise<boolean>}
 */
export function ask(what) {
  return new Promise((resolve) => {
    const one = {
      ...what,
      end(/** @type {boolean} */ yes) {
        dialogs.value = dialogs.value.filter((it) => it !== one);
        resolve(yes);
      },
    };
    dialogs.value = [...dialogs.value, one];
  });
}

const Dialog = view((self, p) => {
  /** @type {any} */
  let element;
  let busy = false;
  let problem = '';
  let typed = '';
  self.onMount(() => {
    element.showModal();
    const first = element.querySelector('input:not([type=checkbox]), textarea, select');
    (first ?? element.querySelector('.confirm'))?.focus();
  });
  const confirm = async (/** @type {any} */ e) => {
    e.preventDefault();
    if (busy) return;
    const what = self.props.what;
    if (!what.run) return what.end(true);
    self.change(() => {
      busy = true;
      problem = '';
    });
    try {
      await what.run();
      what.end(true);
    } catch (error) {
      self.change(() => {
        busy = false;
        problem = String(/** @type {any} */ (error).message ?? error);
      });
    }
  };
  return ({ what }) =>
    h(
      'dialog',
      {
        ref: (/** @type {any} */ it) => {
          element = it;
        },
        class: cx({ wide: what.wide }),
        onCancel: (/** @type {any} */ e) => {
          e.preventDefault();
          what.end(false);
        },
        onMouseDown: (/** @type {any} */ e) => {
          if (e.target === element) what.end(false);
        },
      },
      h(
        'form',
        { onSubmit: confirm },
        h(
          'header',
          null,
          h('h2', null, what.title),
          h(Button, { icon: 'close', kind: 'quiet', title: 'Close', onClick: () => what.end(false) }),
        ),
        h(
          'div',
          { class: 'body' },
          what.body?.(self.redraw),
          what.type
            ? h(Field, {
                label: `Type ${what.type} to go on`,
                value: typed,
                onInput: (/** @type {string} */ v) =>
                  self.change(() => {
                    typed = v;
                  }),
              })
            : null,
        ),
        problem ? h('p', { class: 'problem', role: 'alert' }, problem) : null,
        h(
          'footer',
          null,
          what.cancel === '' ? null : h(Button, { label: what.cancel ?? 'Cancel', onClick: () => what.end(false) }),
          h(
            'button',
            {
              type: 'submit',
              class: cx('button confirm', what.danger ? 'danger' : 'primary'),
              disabled: busy || (what.type && typed !== what.type),
            },
            busy ? h('span', { class: 'spin' }) : null,
            what.confirm ?? 'OK',
          ),
        ),
      ),
    );
});

/** Draws the open dialogs anew, for what they show has come. */
export function redrawDialogs() {
  dialogs.value = [...dialogs.value];
}

export const Dialogs = view((self) => {
  follow(self, dialogs);
  return () => dialogs.value.map((what, i) => h(Dialog, { key: i, what }));
});

// --- Menus ------------------------------------------------------------------------------------------------------------

/** A button that opens a list. `items`: {label, icon, run, danger, hint} or nothing; or `children` as a panel. @type {any} */
export const Menu = view((self) => {
  let open = false;
  /** @type {any} */
  let element;
  self.listen(document, 'pointerdown', (e) => {
    if (open && element && !element.contains(e.target))
      self.change(() => {
        open = false;
      });
  });
  self.listen(document, 'keydown', (e) => {
    if (open && e.key === 'Escape') {
      e.preventDefault();
      self.change(() => {
        open = false;
      });
    }
  });
  // It stands above everything, as a table would cut it off; where what is below moves, it goes.
  self.onMount(() => {
    const gone = (/** @type {Event} */ e) => {
      if (open && !(e.target instanceof Element && element?.contains(e.target)))
        self.change(() => {
          open = false;
        });
    };
    addEventListener('scroll', gone, true);
    addEventListener('resize', gone);
    return () => {
      removeEventListener('scroll', gone, true);
      removeEventListener('resize', gone);
    };
  });
  const place = (/** @type {HTMLElement | null} */ panel) => {
    if (!panel || panel.matches(':popover-open')) return;
    panel.showPopover();
    const at = /** @type {HTMLElement} */ (panel.parentElement).getBoundingClientRect();
    const left = self.props.end ? at.right - panel.offsetWidth : at.left;
    const below = at.bottom + panel.offsetHeight + 12 < innerHeight || at.top < innerHeight / 2;
    panel.style.left = `${Math.max(8, Math.min(innerWidth - panel.offsetWidth - 8, left))}px`;
    panel.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - panel.offsetHeight - 4)}px`;
  };
  return (/** @type {any} */ p) =>
    h(
      'div',
      {
        class: cx('menu', { end: p.end }),
        ref: (/** @type {any} */ it) => {
          element = it;
        },
      },
      h(Button, {
        label: p.label,
        icon: p.icon,
        kind: p.kind,
        title: p.title,
        small: p.small,
        pressed: open || undefined,
        onClick: () =>
          self.change(() => {
            open = !open;
          }),
      }),
      open
        ? h(
            'div',
            { class: 'panel', role: 'menu', popover: 'manual', ref: place },
            p.children ??
              p.items.filter(Boolean).map((/** @type {any} */ it) =>
                h(
                  'button',
                  {
                    key: it.label,
                    type: 'button',
                    role: 'menuitem',
                    class: cx({ danger: it.danger }),
                    onClick: () => {
                      self.change(() => {
                        open = false;
                      });
                      it.run();
                    },
                  },
                  it.icon ? icon(it.icon) : null,
                  h('span', null, it.label, it.hint ? h('small', null, it.hint) : null),
                ),
              ),
          )
        : null,
    );
});
