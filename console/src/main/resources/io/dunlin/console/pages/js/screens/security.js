// @ts-check
import { h, view, follow, resource } from '../dom.js';
import { icon } from '../icons.js';
import { get, post, put, remove, part, may, body, rows, offers } from '../api.js';
import { route, link } from '../router.js';
import { Table } from '../table.js';
import { Badge, Button, Card, Empty, Failure, Field, Menu, Tabs, ask, attempt, copy, settled, toast } from '../ui.js';
import { ago, plural, when, shell } from '../format.js';
import { ban } from './client-actions.js';

const TABS = [
  ['users', 'Users', '/users', 'admin'], ['groups', 'Groups', '/groups', 'admin'], ['roles', 'Roles', '/roles', 'admin'], ['explain', 'Who may what', '', 'admin'],
  ['banned', 'Bans', '/banned', 'operator'], ['keys', 'API keys', '/api_keys', 'admin'], ['accounts', 'Console', '/console_users', 'admin'], ['log', 'Audit log', '/audit_log', 'admin'],
];

export const Security = view((self) => {
  follow(self, route);
  /** @type {Set<string>} */
  const missing = new Set();
  let known = false;
  self.onMount(() => {
    Promise.all(TABS.filter(([, , path, role]) => path && may(/** @type {any} */ (role))).map(async ([key, , path]) => { if (!(await offers(path))) missing.add(key); })).then(() => self.change(() => { known = true; }));
  });
  return () => {
    const shown = TABS.filter(([key, , , role]) => may(/** @type {any} */ (role)) && !missing.has(key));
    const tab = route.value.query.get('tab') ?? shown[0]?.[0];
    const screen = /** @type {any} */ ({ users: Users, groups: Groups, roles: Roles, explain: Explain, banned: Banned, keys: Keys, accounts: Accounts, log: Log })[tab];
    return [
      h('div', { class: 'head', key: 'head' }, h('div', { class: 'crumbs' }, h('h1', null, 'Security'))),
      h(Tabs, { key: 'tabs', value: tab, tabs: shown.map(([key, text]) => [key, text, link(['security'], { tab: key })]) }),
      known && screen ? h(screen, { key: tab }) : null,
    ];
  };
});

const badges = (/** @type {string[]} */ list, tone = '') => (list?.length ? h('span', { class: 'row tight' }, list.map((one) => h(Badge, { key: one, tone }, one))) : h('span', { class: 'none' }, '–'));

/** The names of a list, for choices. @param {string} path */
const names = (path) => get(path, { limit: 1000 }).then((a) => rows(a).map((r) => r.name), () => []);

/** A choice of several names in a dialog. @param {string} label @param {string[]} all @param {Set<string>} chosen @param {() => void} redraw */
function choices(label, all, chosen, redraw) {
  return h('fieldset', { key: label, class: 'choices' }, h('legend', null, label), all.length ? all.map((one) => h('label', { key: one }, h('input', { type: 'checkbox', checked: chosen.has(one), onChange: () => { if (!chosen.delete(one)) chosen.add(one); redraw(); } }), one)) : h('span', { class: 'dim' }, 'none so far'));
}

const Users = view(() => {
  let reload = () => {};
  const done = (/** @type {boolean} */ yes) => { if (yes) reload(); };
  const add = async () => {
    const [roles, groups] = await Promise.all([names('/roles'), names('/groups')]);
    let user = '';
    let password = '';
    const r = new Set();
    const g = new Set();
    const yes = await ask({
      title: 'New user', confirm: 'Create',
      body: (redraw) => [
        h('p', { key: 'p' }, 'A client logs in with this name and password. What it may do is said by its roles.'),
        h('div', { class: 'form', key: 'f' },
          h(Field, { label: 'Name', value: user, onInput: (/** @type {string} */ v) => { user = v; redraw(); } }),
          h(Field, { label: 'Password', type: 'password', autocomplete: 'new-password', value: password, onInput: (/** @type {string} */ v) => { password = v; redraw(); } })),
        choices('Roles', roles, r, redraw), choices('Groups', groups, g, redraw),
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
    done(await ask({ title: `New password of ${u.name}`, confirm: 'Set', body: (redraw) => [h('p', { key: 'p' }, 'Clients that came in with the old one are disconnected.'), h(Field, { key: 'f', label: 'Password', type: 'password', autocomplete: 'new-password', value: text, onInput: (/** @type {string} */ v) => { text = v; redraw(); } })], run: () => put(`/users/${part(u.name)}/password`, { password: text }) }));
  };
  const edit = async (/** @type {any} */ u) => {
    const [roles, groups] = await Promise.all([names('/roles'), names('/groups')]);
    const r = new Set(u.roles);
    const g = new Set(u.groups);
    done(await ask({
      title: `Roles and groups of ${u.name}`, confirm: 'Save', body: (redraw) => [choices('Roles', roles, r, redraw), choices('Groups', groups, g, redraw)],
      run: async () => {
        for (const one of roles) if (r.has(one) !== u.roles.includes(one)) await (r.has(one) ? put : remove)(`/users/${part(u.name)}/roles/${part(one)}`);
        for (const one of groups) if (g.has(one) !== u.groups.includes(one)) await (g.has(one) ? put : remove)(`/users/${part(u.name)}/groups/${part(one)}`);
      },
    }));
  };
  const enable = async (/** @type {any} */ u) => {
    if (u.enabled) done(await ask({ title: `Lock ${u.name} out?`, confirm: 'Lock out', danger: true, body: () => h('p', null, 'Its clients are disconnected now, and cannot log in until it is enabled again. Sessions stay.'), run: () => post(`/users/${part(u.name)}/disable`) }));
    else if (await attempt(() => post(`/users/${part(u.name)}/enable`), `${u.name} is let in again`)) reload();
  };
  const drop = async (/** @type {any} */ u) => done(await ask({ title: `Delete the user ${u.name}?`, confirm: 'Delete', danger: true, type: u.name, body: () => h('p', null, 'Its clients are disconnected now and cannot log in any more.'), run: () => remove(`/users/${part(u.name)}`) }));
  return () => h(Table, {
    id: 'users', path: '/users', noun: 'user', rowKey: (/** @type {any} */ u) => u.name, onReady: (/** @type {any} */ load) => { reload = load; },
    filters: [{ key: 'like_name', label: 'Name' }, { key: 'enabled', label: 'State', options: [['true', 'enabled'], ['false', 'locked out']] }],
    columns: [
      { key: 'name', label: 'User', sort: true, grow: true, show: (/** @type {any} */ u) => h('b', null, u.name) },
      { key: 'enabled', label: 'State', sort: true, show: (/** @type {any} */ u) => (u.enabled ? h(Badge, { tone: 'good' }, 'enabled') : h(Badge, { tone: 'bad' }, 'locked out')) },
      { key: 'roles', label: 'Roles', show: (/** @type {any} */ u) => badges(u.roles, 'accent') },
      { key: 'groups', label: 'Groups', show: (/** @type {any} */ u) => badges(u.groups) },
      { key: 'password_kind', label: 'Password', show: (/** @type {any} */ u) => [u.password_kind ?? '–', u.weak ? [' ', h(Badge, { key: 'w', tone: 'warn' }, 'weak')] : null] },
      { key: 'clients', label: 'Clients', show: (/** @type {any} */ u) => h('a', { href: link(['clients'], { like_username: u.name }) }, 'show') },
    ],
    tools: h(Button, { label: 'User', icon: 'plus', kind: 'primary', small: true, onClick: add }),
    actions: (/** @type {any} */ u) => h(Menu, { icon: 'more', kind: 'quiet', small: true, end: true, title: `What to do with ${u.name}`, items: [
      { label: 'Roles and groups', icon: 'edit', run: () => edit(u) },
      { label: 'Set the password', icon: 'key', run: () => password(u) },
      { label: u.enabled ? 'Lock out' : 'Let in again', icon: 'ban', danger: u.enabled, run: () => enable(u) },
      { label: 'Delete', icon: 'trash', danger: true, run: () => drop(u) },
    ] }),
    command: () => ['dunlin', 'users', 'list'],
    empty: { icon: 'user', title: 'No users', children: 'Users that are made here live in the data folder of the broker. They count where authentication.built-in is on.' },
  });
});

const Groups = view(() => {
  let reload = () => {};
  const save = async (/** @type {any} */ g) => {
    const roles = await names('/roles');
    const chosen = new Set(g?.roles ?? []);
    let name = g?.name ?? '';
    const yes = await ask({
      title: g ? `Roles of the group ${g.name}` : 'New group', confirm: g ? 'Save' : 'Create',
      body: (redraw) => [g ? null : h(Field, { key: 'n', label: 'Name', value: name, onInput: (/** @type {string} */ v) => { name = v; redraw(); } }), choices('Roles', roles, chosen, redraw)],
      run: async () => {
        if (!g) return post('/groups', { group: name, roles: [...chosen] });
        for (const one of roles) if (chosen.has(one) !== g.roles.includes(one)) await (chosen.has(one) ? put : remove)(`/groups/${part(g.name)}/roles/${part(one)}`);
      },
    });
    if (yes) reload();
  };
  return () => h(Table, {
    id: 'groups', path: '/groups', noun: 'group', rowKey: (/** @type {any} */ g) => g.name, onReady: (/** @type {any} */ load) => { reload = load; },
    columns: [{ key: 'name', label: 'Group', sort: true, show: (/** @type {any} */ g) => h('b', null, g.name) }, { key: 'roles', label: 'Roles of its members', grow: true, show: (/** @type {any} */ g) => badges(g.roles, 'accent') }],
    filters: [{ key: 'like_name', label: 'Name' }],
    tools: h(Button, { label: 'Group', icon: 'plus', kind: 'primary', small: true, onClick: () => save(undefined) }),
    actions: (/** @type {any} */ g) => [
      h(Button, { key: 'e', icon: 'edit', kind: 'quiet', small: true, title: `Roles of ${g.name}`, onClick: () => save(g) }),
      h(Button, { key: 'd', icon: 'trash', kind: 'quiet', small: true, title: `Delete ${g.name}`, onClick: async () => { if (await ask({ title: `Delete the group ${g.name}?`, confirm: 'Delete', danger: true, body: () => h('p', null, 'Only a group without members can be deleted.'), run: () => remove(`/groups/${part(g.name)}`) })) reload(); } }),
    ],
    command: () => ['dunlin', 'groups', 'list'],
    empty: { icon: 'user', title: 'No groups', children: 'The members of a group have its roles.' },
  });
});

const Roles = view((self) => {
  const it = resource(self, () => get('/roles', { limit: 1000, sort: 'name' }).then(rows));
  const add = async () => {
    let name = '';
    let rules = 'allow publish devices/${username}/#\nallow subscribe cmd/${username}/#';
    if (await ask({
      title: 'New role', confirm: 'Create', wide: true,
      body: (redraw) => [h(Field, { key: 'n', label: 'Name', value: name, onInput: (/** @type {string} */ v) => { name = v; redraw(); } }), h(Field, { key: 'r', label: 'Rules, one a line; the first that fits decides', type: 'area', mono: true, rows: 6, value: rules, onInput: (/** @type {string} */ v) => { rules = v; redraw(); } })],
      run: () => post('/roles', { role: name, rules: rules.split('\n').map((l) => l.trim()).filter(Boolean) }),
    })) it.load();
  };
  const rule = async (/** @type {any} */ r) => {
    let text = '';
    let at = '';
    if (await ask({
      title: `A rule for ${r.name}`, confirm: 'Add', body: (redraw) => [h(Field, { key: 'r', label: 'Rule', mono: true, value: text, placeholder: 'allow publish a/#', onInput: (/** @type {string} */ v) => { text = v; redraw(); } }), h(Field, { key: 'a', label: 'Place', type: 'number', min: 1, max: r.rules.length + 1, value: at, hint: `1 to ${r.rules.length + 1}; the end without`, onInput: (/** @type {string} */ v) => { at = v; redraw(); } })],
      run: () => post(`/roles/${part(r.name)}/rules`, { rule: text, ...(at ? { at: Number(at) } : {}) }),
    })) it.load();
  };
  return () => h('div', { class: 'stack' },
    h('div', { class: 'row' }, h(Button, { label: 'Role', icon: 'plus', kind: 'primary', onClick: add }), h('span', { class: 'grow' }), h(Button, { icon: 'terminal', kind: 'quiet', title: 'Copy as command', onClick: () => copy('dunlin roles list') })),
    settled(it, (/** @type {any[]} */ list) => (list.length === 0 ? h(Card, {}, h(Empty, { icon: 'security', title: 'No roles', children: 'A role is an ordered list of rules. Users and groups have roles.' })) : h('div', { class: 'grid charts' }, list.map((r) =>
      h(Card, { key: r.name, title: r.name, note: plural(r.rules.length, 'rule'), actions: [h(Button, { key: 'a', icon: 'plus', kind: 'quiet', small: true, title: 'Add a rule', onClick: () => rule(r) }), h(Button, { key: 'd', icon: 'trash', kind: 'quiet', small: true, title: `Delete the role ${r.name}`, onClick: async () => { if (await ask({ title: `Delete the role ${r.name}?`, confirm: 'Delete', danger: true, body: () => h('p', null, `Its ${plural(r.rules.length, 'rule')} no longer count. Only a role that nobody has can be deleted.`), run: () => remove(`/roles/${part(r.name)}`) })) it.load(); } })] },
        h('ol', { class: 'rules' }, r.rules.map((/** @type {string} */ line, /** @type {number} */ i) => h('li', { key: `${i}${line}` }, h('code', { class: line.startsWith('deny') ? 'bad-text' : '' }, line), h(Button, { icon: 'close', kind: 'quiet', small: true, title: `Remove rule ${i + 1}`, onClick: async () => { if (await ask({ title: `Remove rule ${i + 1} of ${r.name}?`, confirm: 'Remove', danger: true, body: () => h('p', null, h('code', null, line), ' no longer counts; live sessions are looked at again.'), run: () => remove(`/roles/${part(r.name)}/rules/${i + 1}`) })) it.load(); } }))))))))));
});

const SAID = /** @type {Record<string, string[]>} */ ({ ALLOWED: ['allowed', 'good'], ALLOWED_IN_PART: ['allowed in part', 'warn'], DENIED: ['denied', 'bad'], NO_OPINION: ['no opinion', ''], FAILED: ['failed: no', 'bad'] });

const Explain = view((self) => {
  let client = route.value.query.get('clientid') ?? '';
  let action = 'publish';
  let topic = route.value.query.get('topic') ?? '';
  let qos = '0';
  let retain = false;
  /** @type {any} */ let answer;
  /** @type {any} */ let problem;
  /** @type {string[]} */ let clients = [];
  const suggest = () => get('/clients', { like_clientid: client, conn_state: 'connected', limit: 12 }).then((a) => self.change(() => { clients = rows(a).map((c) => c.clientid); }), () => {});
  self.onMount(() => { suggest(); });
  const run = async (/** @type {any} */ e) => {
    e.preventDefault();
    try {
      answer = body(await post('/acl/explain', { clientid: client, action, topic, qos: Number(qos), retain }));
      problem = undefined;
    } catch (error) {
      problem = error;
      answer = undefined;
    }
    self.redraw();
  };
  return () => {
    const x = answer?.explanation ?? answer;
    return h('div', { class: 'stack' },
      h(Card, { title: 'May a connected client do this?' }, h('form', { class: 'form', onSubmit: run },
        h(Field, { label: 'Client', value: client, list: clients, onInput: (/** @type {string} */ v) => { client = v; self.redraw(); suggest(); } }),
        h(Field, { label: 'Action', type: 'select', options: ['publish', 'subscribe', 'receive'], value: action, onInput: (/** @type {string} */ v) => self.change(() => { action = v; }) }),
        h(Field, { label: action === 'subscribe' ? 'Topic filter' : 'Topic', mono: true, value: topic, onInput: (/** @type {string} */ v) => self.change(() => { topic = v; }) }),
        h(Field, { label: 'QoS', type: 'select', options: ['0', '1', '2'], value: qos, onInput: (/** @type {string} */ v) => self.change(() => { qos = v; }) }),
        h(Field, { label: 'Retain', type: 'check', value: retain, onInput: (/** @type {boolean} */ v) => self.change(() => { retain = v; }) }),
        h('div', { class: 'row end' }, h(Button, { type: 'submit', label: 'Explain', kind: 'primary', disabled: !client || !topic }), client && topic ? h(Button, { icon: 'terminal', kind: 'quiet', title: 'Copy as command', onClick: () => copy(`dunlin clients explain --client ${shell(client)} ${action} ${shell(topic)}`) }) : null))),
      problem ? h(Card, {}, h(Failure, { error: problem })) : null,
      x ? [
        h('section', { key: 'v', class: `verdict ${x.allowed ? (x.whole === false && action === 'subscribe' ? '' : 'good') : 'bad'}` }, icon(x.allowed ? 'check' : 'ban'), h('div', null, h('p', null, `${x.allowed ? (x.whole === false && action === 'subscribe' ? 'Allowed in part' : 'Allowed') : 'Denied'}, decided by ${x.decided_by}`), h('p', { class: 'advice' }, x.why))),
        h(Card, { key: 's', title: 'How it was decided' }, h('ol', { class: 'steps' }, (x.steps ?? []).map((/** @type {any} */ s) => {
          const [text, tone] = SAID[s.said] ?? [s.said, ''];
          return h('li', { key: s.source }, h('div', { class: 'grow' }, h('div', { class: 'row' }, h('b', null, s.source), h(Badge, { tone }, text), s.why ? h('span', { class: 'dim' }, s.why) : null),
            (s.rules ?? []).map((/** @type {any} */ r) => h('div', { key: r.rule, class: 'near' }, icon(r.fits ? 'check' : 'close'), h('code', null, r.rule), h('span', { class: 'dim' }, r.why))),
            s.others ? h('p', { class: 'dim' }, `${plural(s.others, 'other rule')} with nothing to do with it`) : null));
        }))),
      ] : null);
  };
});

const Banned = view(() => {
  let reload = () => {};
  return () => h(Table, {
    id: 'banned', path: '/banned', noun: 'ban', rowKey: (/** @type {any} */ b) => `${b.kind} ${b.subject}`, onReady: (/** @type {any} */ load) => { reload = load; },
    filters: [{ key: 'like_subject', label: 'Who' }, { key: 'kind', label: 'Kind', options: [['client', 'client'], ['user', 'user'], ['address', 'address']] }],
    columns: [
      { key: 'kind', label: 'Kind', sort: true }, { key: 'subject', label: 'Who', sort: true, show: (/** @type {any} */ b) => h('b', null, b.subject) }, { key: 'reason', label: 'Reason', grow: true }, { key: 'by', label: 'By', sort: true },
      { key: 'since', label: 'Since', sort: true, show: (/** @type {any} */ b) => h('span', { title: when(b.since) }, ago(b.since)) },
      { key: 'until', label: 'Until', sort: true, show: (/** @type {any} */ b) => (b.until ? h('span', { title: when(b.until) }, ago(b.until)) : 'for ever') },
    ],
    tools: h(Button, { label: 'Ban', icon: 'plus', kind: 'primary', small: true, onClick: () => ban().then((yes) => { if (yes) reload(); }) }),
    actions: (/** @type {any} */ b) => h(Button, { icon: 'trash', kind: 'quiet', small: true, title: `Lift the ban of ${b.subject}`, onClick: async () => { if (await ask({ title: `Lift the ban of ${b.kind} ${b.subject}?`, confirm: 'Lift', body: () => h('p', null, 'It may connect again at once.'), run: () => remove(`/banned/${part(b.kind)}/${part(b.subject)}`) })) reload(); } }),
    command: () => ['dunlin', 'ban', 'list'],
    empty: { icon: 'ban', title: 'Nobody is banned' },
  });
});

const Keys = view(() => {
  let reload = () => {};
  const add = async () => {
    let name = '';
    let role = 'viewer';
    let time = '30d';
    /** @type {any} */ let made;
    const yes = await ask({
      title: 'New API key', confirm: 'Create',
      body: (redraw) => [h('p', { key: 'p' }, 'For scripts and dashboards: sent as Authorization: Bearer KEY.'), h('div', { key: 'f', class: 'form' }, h(Field, { label: 'Name', value: name, onInput: (/** @type {string} */ v) => { name = v; redraw(); } }), h(Field, { label: 'Role', type: 'select', options: ['viewer', 'operator', 'admin'], value: role, onInput: (/** @type {string} */ v) => { role = v; redraw(); } }), h(Field, { label: 'Valid for', type: 'select', options: [['1d', '1 day'], ['30d', '30 days'], ['365d', '1 year'], ['', 'for ever']], value: time, onInput: (/** @type {string} */ v) => { time = v; redraw(); } }))],
      run: async () => { made = body(await post('/api_keys', { name, role, ...(time ? { time } : {}) })); },
    });
    if (!yes) return;
    await ask({ title: `The key ${name}`, confirm: 'I have kept it', cancel: '', body: () => [h('p', { key: 'p' }, 'It is shown now and never again.'), h('pre', { key: 'k', class: 'code' }, made.key), h(Button, { key: 'c', label: 'Copy', icon: 'copy', onClick: () => navigator.clipboard?.writeText(made.key).then(() => toast('The key is copied')) })] });
    reload();
  };
  return () => h(Table, {
    id: 'keys', path: '/api_keys', noun: 'key', rowKey: (/** @type {any} */ k) => k.name, onReady: (/** @type {any} */ load) => { reload = load; }, filters: [{ key: 'like_name', label: 'Name' }],
    columns: [{ key: 'name', label: 'Name', sort: true, grow: true, show: (/** @type {any} */ k) => h('b', null, k.name) }, { key: 'role', label: 'Role', sort: true, show: (/** @type {any} */ k) => h(Badge, { tone: k.role === 'admin' ? 'warn' : '' }, k.role) }, { key: 'by', label: 'Made by', sort: true }, { key: 'created', label: 'Made', sort: true, show: (/** @type {any} */ k) => h('span', { title: when(k.created) }, ago(k.created)) }, { key: 'expires', label: 'Ends', sort: true, show: (/** @type {any} */ k) => (k.expires ? h('span', { title: when(k.expires) }, ago(k.expires)) : 'never') }],
    tools: h(Button, { label: 'API key', icon: 'plus', kind: 'primary', small: true, onClick: add }),
    actions: (/** @type {any} */ k) => h(Button, { icon: 'trash', kind: 'quiet', small: true, title: `Delete ${k.name}`, onClick: async () => { if (await ask({ title: `Delete the key ${k.name}?`, confirm: 'Delete', danger: true, body: () => h('p', null, 'Whoever uses it is refused from now on.'), run: () => remove(`/api_keys/${part(k.name)}`) })) reload(); } }),
    empty: { icon: 'key', title: 'No API keys' },
  });
});

const Accounts = view(() => {
  let reload = () => {};
  const save = async (/** @type {any} */ u) => {
    let username = u?.username ?? '';
    let password = '';
    let role = u?.role ?? 'viewer';
    if (await ask({
      title: u ? `Password and role of ${u.username}` : 'New account of the console', confirm: u ? 'Save' : 'Create',
      body: (redraw) => h('div', { class: 'form' }, h(Field, { label: 'Name', value: username, disabled: !!u, onInput: (/** @type {string} */ v) => { username = v; redraw(); } }), h(Field, { label: 'Password', type: 'password', autocomplete: 'new-password', value: password, onInput: (/** @type {string} */ v) => { password = v; redraw(); } }), h(Field, { label: 'Role', type: 'select', options: [['viewer', 'viewer: sees'], ['operator', 'operator: publishes, kicks, bans, traces'], ['admin', 'admin: all']], value: role, onInput: (/** @type {string} */ v) => { role = v; redraw(); } })),
      run: () => post('/console_users', { username, password, role }),
    })) reload();
  };
  return () => h(Table, {
    id: 'accounts', path: '/console_users', noun: 'account', rowKey: (/** @type {any} */ u) => u.username, onReady: (/** @type {any} */ load) => { reload = load; },
    columns: [{ key: 'username', label: 'Name', sort: true, grow: true, show: (/** @type {any} */ u) => h('b', null, u.username) }, { key: 'role', label: 'Role', sort: true, show: (/** @type {any} */ u) => h(Badge, { tone: u.role === 'admin' ? 'warn' : '' }, u.role) }],
    tools: h(Button, { label: 'Account', icon: 'plus', kind: 'primary', small: true, onClick: () => save(undefined) }),
    actions: (/** @type {any} */ u) => [h(Button, { key: 'e', icon: 'key', kind: 'quiet', small: true, title: `Password of ${u.username}`, onClick: () => save(u) }), h(Button, { key: 'd', icon: 'trash', kind: 'quiet', small: true, title: `Delete ${u.username}`, onClick: async () => { if (await ask({ title: `Delete the account ${u.username}?`, confirm: 'Delete', danger: true, body: () => h('p', null, 'It is logged out and cannot log in to the console any more.'), run: () => remove(`/console_users/${part(u.username)}`) })) reload(); } })],
    empty: { icon: 'user', title: 'No accounts' },
  });
});

const KNOWN = ['time', 'event', 'user', 'through'];

/** What else an entry says. @param {any} e */
const others = (e) => Object.entries(e).filter(([key]) => !KNOWN.includes(key)).map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`).join(' ');

const Log = view(() => () => h(Table, {
  id: 'audit', path: '/audit_log', noun: 'entry', nouns: 'entries', rowKey: (/** @type {any} */ e) => JSON.stringify(e),
  onOpen: (/** @type {any} */ e) => { ask({ title: e.event, wide: true, cancel: '', confirm: 'Close', body: () => h('pre', { class: 'code' }, JSON.stringify(e, null, 2)) }); },
  filters: [{ key: 'like_event', label: 'Event' }, { key: 'user', label: 'Who' }],
  columns: [
    { key: 'time', label: 'Time', show: (/** @type {any} */ e) => when(e.time) }, { key: 'event', label: 'Event', show: (/** @type {any} */ e) => h(Badge, { tone: /denied|refused|failed/.test(e.event) ? 'bad' : '' }, e.event) },
    { key: 'user', label: 'Who' }, { key: 'through', label: 'Through' }, { key: 'rest', label: 'About', grow: true, value: others, show: (/** @type {any} */ e) => h('code', { class: 'dim' }, others(e)) },
  ],
  empty: { icon: 'security', title: 'The audit log is empty', children: 'What is administered, refused and denied is written there, where audit-log.enabled is on.' },
}));
