// @ts-check
/** The frame around all screens: the way about, the search, the keys. */
import { h, view, follow, cx } from './dom.js';
import { icon } from './icons.js';
import { route, go, link } from './router.js';
import { session, online, logout, get, rows, may } from './api.js';
import { scheme, theme, switchTheme } from './prefs.js';
import { shortcuts, known } from './keys.js';
import { Button, Menu, Empty, ask } from './ui.js';
import { SCREENS } from './screens.js';

/** @type {any} */
const Find = view((self) => {
  let text = '';
  /** @type {any[]} */
  let found = [];
  let at = 0;
  let open = false;
  let timer = 0;
  /** @type {any} */
  let element;
  const look = async () => {
    const asked = text.trim();
    if (!asked)
      return self.change(() => {
        found = [];
      });
    const screens = SCREENS.filter(
      (s) => s.name.toLowerCase().includes(asked.toLowerCase()) && (!s.role || may(s.role)),
    ).map((s) => ({ icon: s.icon, label: s.name, hint: 'Screen', to: [s.path] }));
    let clients = [];
    try {
      clients = rows(await get('/clients', { like_clientid: asked, limit: 8 })).map((c) => ({
        icon: 'clients',
        label: c.clientid,
        hint: c.connected ? `connected, ${c.ip_address ?? ''}` : 'not connected',
        to: ['clients', c.clientid],
      }));
    } catch {
      clients = []; // the search of screens goes on without a broker
    }
    if (asked !== text.trim()) return;
    self.change(() => {
      at = 0;
      found = [...screens, ...clients];
      if (/[/#+]/.test(asked))
        found.unshift({ icon: 'topics', label: asked, hint: 'Topic', to: ['topics'], query: { at: asked } });
      else
        found.push({
          icon: 'topics',
          label: asked,
          hint: 'Look for it among the topics',
          to: ['topics'],
          query: { find: asked },
        });
    });
  };
  const choose = (/** @type {any} */ one) => {
    if (!one) return;
    text = '';
    found = [];
    open = false;
    element?.blur();
    go(one.to, one.query);
    self.redraw();
  };
  self.onMount(() =>
    shortcuts([{ keys: '/', does: 'search clients, topics and screens', run: () => element?.focus() }]),
  );
  return () =>
    h(
      'div',
      { class: 'find', role: 'search' },
      icon('search'),
      h('input', {
        ref: (/** @type {any} */ e) => {
          element = e;
        },
        type: 'search',
        placeholder: 'Search clients, topics, screens',
        'aria-label': 'Search',
        value: text,
        spellcheck: false,
        onInput: (/** @type {any} */ e) => {
          text = e.target.value;
          open = true;
          clearTimeout(timer);
          timer = window.setTimeout(look, 150);
        },
        onFocus: () =>
          self.change(() => {
            open = true;
          }),
        onBlur: () =>
          setTimeout(
            () =>
              self.change(() => {
                open = false;
              }),
            150,
          ),
        onKeyDown: (/** @type {KeyboardEvent} */ e) => {
          if (e.key === 'ArrowDown') {
            e.preventDefault();
            self.change(() => {
              at = Math.min(found.length - 1, at + 1);
            });
          } else if (e.key === 'ArrowUp') {
            e.preventDefault();
            self.change(() => {
              at = Math.max(0, at - 1);
            });
          } else if (e.key === 'Enter') choose(found[at]);
        },
      }),
      text ? null : h('kbd', null, '/'),
      open && found.length
        ? h(
            'div',
            { class: 'panel', role: 'listbox' },
            found.map((one, i) =>
              h(
                'button',
                {
                  key: `${one.to}${one.label}${one.hint}`,
                  type: 'button',
                  role: 'option',
                  'aria-selected': String(i === at),
                  class: cx({ on: i === at }),
                  onMouseDown: (/** @type {any} */ e) => {
                    e.preventDefault();
                    choose(one);
                  },
                },
                icon(one.icon),
                h('span', null, one.label, h('small', null, one.hint)),
              ),
            ),
          )
        : null,
    );
});

function help() {
  const list = known();
  ask({
    title: 'Keys',
    cancel: '',
    confirm: 'Close',
    wide: true,
    body: () =>
      h(
        'div',
        { class: 'keys' },
        list.map((one) =>
          h(
            'div',
            { key: one.keys + one.does },
            h(
              'span',
              null,
              one.keys.split(' or ').map((k, i) => [i ? ' or ' : '', h('kbd', null, k)]),
            ),
            h('span', null, one.does),
          ),
        ),
      ),
  });
}

export const Shell = view((self) => {
  follow(self, route, session, online, scheme, theme);
  let open = false;
  let version = '';

  self.onMount(() =>
    shortcuts([
      ...SCREENS.map((s) => ({ keys: `g ${s.key}`, does: `go to ${s.name}`, run: () => go([s.path].filter(Boolean)) })),
      { keys: '?', does: 'show the keys', run: help },
      { keys: 't', does: 'light or dark', run: switchTheme },
      { keys: 'Backspace', does: 'back', run: () => history.back() },
    ]),
  );
  self.onMount(() => {
    get('/status').then(
      (answer) =>
        self.change(() => {
          version = answer.version;
        }),
      () => {},
    );
  });
  let path = route.value.path;
  self.onUpdate(() => {
    if (route.value.path === path) return;
    path = route.value.path;
    open = false;
    scrollTo(0, 0);
    const screen = SCREENS.find((s) => s.path === (route.value.parts[0] ?? ''));
    document.title = `${[screen?.name, route.value.parts[1]].filter(Boolean).join(' · ')} – Dunlin`;
  });

  return () => {
    const parts = route.value.parts;
    const allowed = SCREENS.filter((s) => !s.role || may(s.role));
    const screen = SCREENS.find((s) => s.path === (parts[0] ?? ''));
    const groups = [...new Set(allowed.map((s) => s.group))];
    return h(
      'div',
      { class: cx('frame', { open }) },
      h('div', {
        class: 'veil',
        onClick: () =>
          self.change(() => {
            open = false;
          }),
      }),
      h(
        'nav',
        { class: 'nav', 'aria-label': 'Screens' },
        h('a', { class: 'brand', href: '#/' }, h('img', { src: '/icon.svg', alt: '' }), 'Dunlin'),
        groups.map((group) => [
          group ? h('div', { class: 'group', key: group }, group) : null,
          allowed
            .filter((s) => s.group === group)
            .map((s) =>
              h(
                'a',
                {
                  key: s.path,
                  class: cx('item', { on: screen === s }),
                  href: link([s.path].filter(Boolean)),
                  'aria-current': screen === s ? 'page' : undefined,
                  onClick: () =>
                    self.change(() => {
                      open = false;
                    }),
                },
                icon(s.icon),
                s.name,
                h('kbd', null, `g ${s.key}`),
              ),
            ),
        ]),
        h('div', { class: 'foot' }, version ? `Dunlin ${version}` : ''),
      ),
      h(
        'header',
        { class: 'top' },
        h(
          'span',
          { class: 'only-narrow' },
          h(Button, {
            icon: 'menu',
            kind: 'quiet',
            title: 'Screens',
            onClick: () =>
              self.change(() => {
                open = !open;
              }),
          }),
        ),
        h(Find, {}),
        h('span', { class: 'grow' }),
        h(
          'span',
          { class: 'only-wide' },
          h(Button, { icon: 'keyboard', kind: 'quiet', title: 'Keys (?)', onClick: help }),
        ),
        h(Button, {
          icon: scheme.value === 'dark' ? 'sun' : 'moon',
          kind: 'quiet',
          title: `Light or dark (t)`,
          id: 'theme',
          onClick: switchTheme,
        }),
        h(Menu, {
          icon: 'user',
          kind: 'quiet',
          end: true,
          title: `${session.value?.username}, ${session.value?.role}`,
          items: [
            { label: session.value?.username ?? '', hint: `Role ${session.value?.role}`, icon: 'user', run: () => {} },
            {
              label: 'Change the password',
              icon: 'key',
              run: () => import('./screens/password.js').then((it) => it.changePassword()),
            },
            theme.value === 'auto'
              ? null
              : {
                  label: 'Theme of the system',
                  icon: 'sun',
                  run: () => {
                    theme.value = 'auto';
                  },
                },
            { label: 'Keys', hint: '?', icon: 'keyboard', run: help },
            { label: 'Log out', icon: 'logout', run: logout },
          ],
        }),
      ),
      h(
        'main',
        { id: 'main', tabIndex: -1 },
        online.value
          ? null
          : h(
              'div',
              { class: 'offline', role: 'alert' },
              icon('warn'),
              'The broker does not answer. What you see may be old; the console tries again by itself.',
            ),
        !screen
          ? h(Empty, {
              icon: 'search',
              title: 'There is no such screen',
              action: h('a', { href: '#/' }, 'To the overview'),
            })
          : screen.role && !may(screen.role)
            ? h(Empty, {
                icon: 'security',
                title: 'Your role does not allow this',
                children: `${screen.name} needs the role ${screen.role}.`,
              })
            : h(screen.view, { key: screen.path + (screen.each ? `/${parts.slice(1).join('/')}` : ''), parts }),
      ),
    );
  };
});
