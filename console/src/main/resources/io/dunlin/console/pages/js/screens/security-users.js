// @ts-check
/** Users, groups and roles that the broker keeps. */
import { h, view, resource } from '../dom.js';
import { command } from '../commands.js';
import { get, post, put, remove, part, rows } from '../api.js';
import { link } from '../router.js';
import { Table } from '../table.js';
import { Badge, Button, Card, Empty, Field, Menu, ask, attempt, copy, settled, toast } from '../ui.js';
import { plural } from '../format.js';

const badges = (/** @type {string[]} */ list, tone = '') =>
  list?.length
    ? h(
        'span',
        { class: 'row tight' },
        list.map((one) => h(Badge, { key: one, tone }, one)),
      )
    : h('span', { class: 'none' }, '–');

/** The names of a list, for choices. @param {string} path */
const names = (path) =>
  get(path, { limit: 1000 }).then(
    (a) => rows(a).map((r) => r.name),
    () => [],
  );

/** A choice of several names in a dialog. @param {string} label @param {string[]} all @param {Set<string>} chosen @param {() => void} redraw */
function choices(label, all, chosen, redraw) {
  return h(
    'fieldset',
    { key: label, class: 'choices' },
    h('legend', null, label),
    all.length
      ? all.map((one) =>
          h(
            'label',
            { key: one },
            h('input', {
              type: 'checkbox',
              checked: chosen.has(one),
              onChange: () => {
                if (!chosen.delete(one)) chosen.add(one);
                redraw();
              },
            }),
            one,
          ),
        )
      : h('span', { class: 'dim' }, 'none so far'),
  );
}

export const Users = view(() => {
  let reload = () => {};
  const done = (/** @type {boolean} */ yes) => {
    if (yes) reload();
  };
  const add = async () => {
    const [roles, groups] = await Promise.all([names('/roles'), names('/groups')]);
    let user = '';
    let password = '';
    const r = new Set();
    const g = new Set();
    const yes = await ask({
      title: 'New user',
      confirm: 'Create',
      body: (redraw) => [
        h('p', { key: 'p' }, 'A client logs in with this name and password. What it may do is said by its roles.'),
        h(
          'div',
          { class: 'form', key: 'f' },
          h(Field, {
            label: 'Name',
            value: user,
            onInput: (/** @type {string} */ v) => {
              user = v;
              redraw();
            },
          }),
          h(Field, {
            label: 'Password',
            type: 'password',
            autocomplete: 'new-password',
            value: password,
            onInput: (/** @type {string} */ v) => {
              password = v;
              redraw();
            },
          }),
        ),
        choices('Roles', roles, r, redraw),
        choices('Groups', groups, g, redraw),
      ],
      run: async () => {
        if (!user || !password) throw new Error('A user needs a name and a password.');
        await post('/users', { user, password, roles: [...r], groups: [...g] });
      },
    });
    if (yes) toast(`${user} is created`);
    done(yes);
  };
  const password = async (/** @type {any} */ u) => {
    let text = '';
    done(
      await ask({
        title: `New password of ${u.name}`,
        confirm: 'Set',
        body: (redraw) => [
          h('p', { key: 'p' }, 'Clients that came in with the old one are disconnected.'),
          h(Field, {
            key: 'f',
            label: 'Password',
            type: 'password',
            autocomplete: 'new-password',
            value: text,
            onInput: (/** @type {string} */ v) => {
              text = v;
              redraw();
            },
          }),
        ],
        run: () => put(`/users/${part(u.name)}/password`, { password: text }),
      }),
    );
  };
  const edit = async (/** @type {any} */ u) => {
    const [roles, groups] = await Promise.all([names('/roles'), names('/groups')]);
    const r = new Set(u.roles);
    const g = new Set(u.groups);
    done(
      await ask({
        title: `Roles and groups of ${u.name}`,
        confirm: 'Save',
        body: (redraw) => [choices('Roles', roles, r, redraw), choices('Groups', groups, g, redraw)],
        run: async () => {
          for (const one of roles)
            if (r.has(one) !== u.roles.includes(one))
              await (r.has(one) ? put : remove)(`/users/${part(u.name)}/roles/${part(one)}`);
          for (const one of groups)
            if (g.has(one) !== u.groups.includes(one))
              await (g.has(one) ? put : remove)(`/users/${part(u.name)}/groups/${part(one)}`);
        },
      }),
    );
  };
  const enable = async (/** @type {any} */ u) => {
    if (u.enabled)
      done(
        await ask({
          title: `Lock ${u.name} out?`,
          confirm: 'Lock out',
          danger: true,
          body: () =>
            h(
              'p',
              null,
              'Its clients are disconnected now, and cannot log in until it is enabled again. Sessions stay.',
            ),
          run: () => post(`/users/${part(u.name)}/disable`),
        }),
      );
    else if (await attempt(() => post(`/users/${part(u.name)}/enable`), `${u.name} is let in again`)) reload();
  };
  const drop = async (/** @type {any} */ u) =>
    done(
      await ask({
        title: `Delete the user ${u.name}?`,
        confirm: 'Delete',
        danger: true,
        type: u.name,
        body: () => h('p', null, 'Its clients are disconnected now and cannot log in any more.'),
        run: () => remove(`/users/${part(u.name)}`),
      }),
    );
  return () =>
    h(Table, {
      id: 'users',
      path: '/users',
      noun: 'user',
      rowKey: (/** @type {any} */ u) => u.name,
      onReady: (/** @type {any} */ load) => {
        reload = load;
      },
      filters: [
        { key: 'like_name', label: 'Name' },
        {
          key: 'enabled',
          label: 'State',
          options: [
            ['true', 'enabled'],
            ['false', 'locked out'],
          ],
        },
      ],
      columns: [
        { key: 'name', label: 'User', sort: true, grow: true, show: (/** @type {any} */ u) => h('b', null, u.name) },
        {
          key: 'enabled',
          label: 'State',
          sort: true,
          show: (/** @type {any} */ u) =>
            u.enabled ? h(Badge, { tone: 'good' }, 'enabled') : h(Badge, { tone: 'bad' }, 'locked out'),
        },
        { key: 'roles', label: 'Roles', show: (/** @type {any} */ u) => badges(u.roles, 'accent') },
        { key: 'groups', label: 'Groups', show: (/** @type {any} */ u) => badges(u.groups) },
        {
          key: 'password_kind',
          label: 'Password',
          show: (/** @type {any} */ u) => [
            u.password_kind ?? '–',
            u.weak ? [' ', h(Badge, { key: 'w', tone: 'warn' }, 'weak')] : null,
          ],
        },
        {
          key: 'clients',
          label: 'Clients',
          show: (/** @type {any} */ u) => h('a', { href: link(['clients'], { like_username: u.name }) }, 'show'),
        },
      ],
      tools: h(Button, { label: 'User', icon: 'plus', kind: 'primary', small: true, onClick: add }),
      actions: (/** @type {any} */ u) =>
        h(Menu, {
          icon: 'more',
          kind: 'quiet',
          small: true,
          end: true,
          title: `What to do with ${u.name}`,
          items: [
            { label: 'Roles and groups', icon: 'edit', run: () => edit(u) },
            { label: 'Set the password', icon: 'key', run: () => password(u) },
            { label: u.enabled ? 'Lock out' : 'Let in again', icon: 'ban', danger: u.enabled, run: () => enable(u) },
            { label: 'Delete', icon: 'trash', danger: true, run: () => drop(u) },
          ],
        }),
      command: () => command('users.list'),
      empty: {
        icon: 'user',
        title: 'No users',
        children:
          'Users that are made here live in the data folder of the broker. They count where authentication.built-in is on.',
      },
    });
});

export const Groups = view(() => {
  let reload = () => {};
  const save = async (/** @type {any} */ g) => {
    const roles = await names('/roles');
    const chosen = new Set(g?.roles ?? []);
    let name = g?.name ?? '';
    const yes = await ask({
      title: g ? `Roles of the group ${g.name}` : 'New group',
      confirm: g ? 'Save' : 'Create',
      body: (redraw) => [
        g
          ? null
          : h(Field, {
              key: 'n',
              label: 'Name',
              value: name,
              onInput: (/** @type {string} */ v) => {
                name = v;
                redraw();
              },
            }),
        choices('Roles', roles, chosen, redraw),
      ],
      run: async () => {
        if (!g) return post('/groups', { group: name, roles: [...chosen] });
        for (const one of roles)
          if (chosen.has(one) !== g.roles.includes(one))
            await (chosen.has(one) ? put : remove)(`/groups/${part(g.name)}/roles/${part(one)}`);
      },
    });
    if (yes) reload();
  };
  return () =>
    h(Table, {
      id: 'groups',
      path: '/groups',
      noun: 'group',
      rowKey: (/** @type {any} */ g) => g.name,
      onReady: (/** @type {any} */ load) => {
        reload = load;
      },
      columns: [
        { key: 'name', label: 'Group', sort: true, show: (/** @type {any} */ g) => h('b', null, g.name) },
        {
          key: 'roles',
          label: 'Roles of its members',
          grow: true,
          show: (/** @type {any} */ g) => badges(g.roles, 'accent'),
        },
      ],
      filters: [{ key: 'like_name', label: 'Name' }],
      tools: h(Button, { label: 'Group', icon: 'plus', kind: 'primary', small: true, onClick: () => save(undefined) }),
      actions: (/** @type {any} */ g) => [
        h(Button, {
          key: 'e',
          icon: 'edit',
          kind: 'quiet',
          small: true,
          title: `Roles of ${g.name}`,
          onClick: () => save(g),
        }),
        h(Button, {
          key: 'd',
          icon: 'trash',
          kind: 'quiet',
          small: true,
          title: `Delete ${g.name}`,
          onClick: async () => {
            if (
              await ask({
                title: `Delete the group ${g.name}?`,
                confirm: 'Delete',
                danger: true,
                body: () => h('p', null, 'Only a group without members can be deleted.'),
                run: () => remove(`/groups/${part(g.name)}`),
              })
            )
              reload();
          },
        }),
      ],
      command: () => command('groups.list'),
      empty: { icon: 'user', title: 'No groups', children: 'The members of a group have its roles.' },
    });
});

export const Roles = view((self) => {
  const it = resource(self, () => get('/roles', { limit: 1000, sort: 'name' }).then(rows));
  const add = async () => {
    let name = '';
    let rules = 'allow publish devices/${username}/#\nallow subscribe cmd/${username}/#';
    if (
      await ask({
        title: 'New role',
        confirm: 'Create',
        wide: true,
        body: (redraw) => [
          h(Field, {
            key: 'n',
            label: 'Name',
            value: name,
            onInput: (/** @type {string} */ v) => {
              name = v;
              redraw();
            },
          }),
          h(Field, {
            key: 'r',
            label: 'Rules, one a line; the first that fits decides',
            type: 'area',
            mono: true,
            rows: 6,
            value: rules,
            onInput: (/** @type {string} */ v) => {
              rules = v;
              redraw();
            },
          }),
        ],
        run: () =>
          post('/roles', {
            role: name,
            rules: rules
              .split('\n')
              .map((l) => l.trim())
              .filter(Boolean),
          }),
      })
    )
      it.load();
  };
  const rule = async (/** @type {any} */ r) => {
    let text = '';
    let at = '';
    if (
      await ask({
        title: `A rule for ${r.name}`,
        confirm: 'Add',
        body: (redraw) => [
          h(Field, {
            key: 'r',
            label: 'Rule',
            mono: true,
            value: text,
            placeholder: 'allow publish a/#',
            onInput: (/** @type {string} */ v) => {
              text = v;
              redraw();
            },
          }),
          h(Field, {
            key: 'a',
            label: 'Place',
            type: 'number',
            min: 1,
            max: r.rules.length + 1,
            value: at,
            hint: `1 to ${r.rules.length + 1}; the end without`,
            onInput: (/** @type {string} */ v) => {
              at = v;
              redraw();
            },
          }),
        ],
        run: () => post(`/roles/${part(r.name)}/rules`, { rule: text, ...(at ? { at: Number(at) } : {}) }),
      })
    )
      it.load();
  };
  return () =>
    h(
      'div',
      { class: 'stack' },
      h(
        'div',
        { class: 'row' },
        h(Button, { label: 'Role', icon: 'plus', kind: 'primary', onClick: add }),
        h('span', { class: 'grow' }),
        h(Button, {
          icon: 'terminal',
          kind: 'quiet',
          title: 'Copy as command',
          onClick: () => copy(command('roles.list')),
        }),
      ),
      settled(it, (/** @type {any[]} */ list) =>
        list.length === 0
          ? h(
              Card,
              {},
              h(Empty, {
                icon: 'security',
                title: 'No roles',
                children: 'A role is an ordered list of rules. Users and groups have roles.',
              }),
            )
          : h(
              'div',
              { class: 'grid charts' },
              list.map((r) =>
                h(
                  Card,
                  {
                    key: r.name,
                    title: r.name,
                    note: plural(r.rules.length, 'rule'),
                    actions: [
                      h(Button, {
                        key: 'a',
                        icon: 'plus',
                        kind: 'quiet',
                        small: true,
                        title: 'Add a rule',
                        onClick: () => rule(r),
                      }),
                      h(Button, {
                        key: 'd',
                        icon: 'trash',
                        kind: 'quiet',
                        small: true,
                        title: `Delete the role ${r.name}`,
                        onClick: async () => {
                          if (
                            await ask({
                              title: `Delete the role ${r.name}?`,
                              confirm: 'Delete',
                              danger: true,
                              body: () =>
                                h(
                                  'p',
                                  null,
                                  `Its ${plural(r.rules.length, 'rule')} no longer count. Only a role that nobody has can be deleted.`,
                                ),
                              run: () => remove(`/roles/${part(r.name)}`),
                            })
                          )
                            it.load();
                        },
                      }),
                    ],
                  },
                  h(
                    'ol',
                    { class: 'rules' },
                    r.rules.map((/** @type {string} */ line, /** @type {number} */ i) =>
                      h(
                        'li',
                        { key: `${i}${line}` },
                        h('code', { class: line.startsWith('deny') ? 'bad-text' : '' }, line),
                        h(Button, {
                          icon: 'close',
                          kind: 'quiet',
                          small: true,
                          title: `Remove rule ${i + 1}`,
                          onClick: async () => {
                            if (
                              await ask({
                                title: `Remove rule ${i + 1} of ${r.name}?`,
                                confirm: 'Remove',
                                danger: true,
                                body: () =>
                                  h(
                                    'p',
                                    null,
                                    h('code', null, line),
                                    ' no longer counts; live sessions are looked at again.',
                                  ),
                                run: () => remove(`/roles/${part(r.name)}/rules/${i + 1}`),
                              })
                            )
                              it.load();
                          },
                        }),
                      ),
                    ),
                  ),
                ),
              ),
            ),
      ),
    );
});
