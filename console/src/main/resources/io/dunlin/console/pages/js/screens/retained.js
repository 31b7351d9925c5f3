// @ts-check
import { h, view, follow } from '../dom.js';
import { command } from '../commands.js';
import { get, post, remove, part, may } from '../api.js';
import { route, link } from '../router.js';
import { Table } from '../table.js';
import { Button, Failure, Loading, ask, toast, attempt, redrawDialogs } from '../ui.js';
import { Payload, preview } from '../payload.js';
import { textOf } from '../values.js';
import { fromBase64, toBase64, bytes, count, plural } from '../format.js';

/** Asks for the count before anything is deleted. @param {string} filter */
async function deleteBy(filter) {
  let found;
  let size;
  try {
    ({ count: found, bytes: size } = await post('/retained/count', { topic: filter }));
  } catch (e) {
    toast(String(/** @type {any} */ (e).message), 'bad');
    return false;
  }
  if (!found) {
    toast(`No retained message matches ${filter}`, '');
    return false;
  }
  const done = await ask({
    title: `Delete ${plural(found, 'retained message')}?`,
    confirm: `Delete ${count(found)}`,
    danger: true,
    type: found > 20 ? filter : undefined,
    body: () => [
      h(
        'p',
        null,
        'All retained messages that match ',
        h('code', null, filter),
        size === undefined ? '' : ` (${bytes(size)} of payload)`,
        ' are deleted now. New subscribers no longer get them; those who subscribe already are not told. This cannot be undone.',
      ),
    ],
    run: () => remove('/retained', { topic: filter }),
  });
  if (done) toast(`${plural(found, 'retained message')} deleted`);
  return done;
}

export const Retained = view((self) => {
  follow(self, route);
  let reload = () => {};
  const filter = () => route.value.query.get('topic') ?? '';
  const open = async (/** @type {any} */ row) => {
    /** @type {any} */ let it;
    /** @type {any} */ let problem;
    const showing = ask({
      title: row.topic,
      wide: true,
      cancel: '',
      confirm: 'Close',
      body: () =>
        it
          ? [
              h(Payload, { key: 'p', base64: it.payload, size: it.payload_size, topic: it.topic }),
              h(
                'div',
                { class: 'row', key: 'r' },
                h('a', { class: 'button', href: link(['topics'], { at: row.topic }) }, 'Watch it live'),
                may('operator') && textOf(fromBase64(it.payload ?? '')) !== undefined
                  ? h(Button, { label: 'Edit', icon: 'edit', onClick: () => edit(it) })
                  : null,
              ),
            ]
          : problem
            ? h(Failure, { error: problem })
            : h(Loading, {}),
    });
    try {
      it = await get(`/retained/${part(row.topic)}`);
    } catch (e) {
      problem = e;
    }
    redrawDialogs();
    await showing;
  };
  const edit = async (/** @type {any} */ it) => {
    let text = textOf(fromBase64(it.payload ?? '')) ?? '';
    const done = await ask({
      title: `Retained message of ${it.topic}`,
      wide: true,
      confirm: 'Publish',
      body: (redraw) => [
        h('p', { key: 'p' }, 'The new message is published with the retain flag: subscribers of now get it, too.'),
        h('textarea', {
          key: 't',
          class: 'mono',
          rows: 12,
          value: text,
          'aria-label': 'Payload',
          onInput: (/** @type {any} */ e) => {
            text = e.target.value;
            redraw();
          },
        }),
      ],
      run: () =>
        post('/publish', {
          topic: it.topic,
          payload: toBase64(new TextEncoder().encode(text)),
          payload_encoding: 'base64',
          qos: it.qos,
          retain: true,
        }),
    });
    if (done) {
      toast('Published');
      reload();
    }
  };
  return () => [
    h(
      'div',
      { class: 'head', key: 'head' },
      h('div', { class: 'crumbs' }, h('h1', null, 'Retained messages')),
      h('span', { class: 'grow' }),
      may('operator') && filter()
        ? h(Button, {
            label: 'Delete all that match',
            icon: 'trash',
            kind: 'danger',
            onClick: () =>
              deleteBy(filter()).then((done) => {
                if (done) reload();
              }),
          })
        : null,
    ),
    h(Table, {
      key: 'table',
      id: 'retained',
      path: '/retained',
      noun: 'message',
      onReady: (/** @type {any} */ load) => {
        reload = load;
      },
      onOpen: open,
      rowKey: (/** @type {any} */ r) => r.topic,
      filters: [{ key: 'topic', label: 'Topic filter' }],
      columns: [
        { key: 'topic', label: 'Topic', sort: true, show: (/** @type {any} */ r) => h('code', null, r.topic) },
        {
          key: 'payload',
          label: 'Payload',
          grow: true,
          show: (/** @type {any} */ r) => h('code', { class: 'dim' }, preview(r.payload, 120, r.topic)),
        },
        {
          key: 'payload_size',
          label: 'Size',
          sort: true,
          num: true,
          show: (/** @type {any} */ r) => bytes(r.payload_size),
        },
        { key: 'qos', label: 'QoS', sort: true, num: true },
        {
          key: 'from_clientid',
          label: 'From',
          show: (/** @type {any} */ r) =>
            r.from_clientid ? h('a', { href: link(['clients', r.from_clientid]) }, r.from_clientid) : '–',
        },
        { key: 'content_type', label: 'Content type', hidden: true },
        {
          key: 'expires_in',
          label: 'Expires in',
          num: true,
          hidden: true,
          show: (/** @type {any} */ r) =>
            r.expires_in === null || r.expires_in === undefined ? 'never' : `${count(r.expires_in)} s`,
        },
      ],
      bulk: may('operator')
        ? [
            {
              label: 'Delete',
              kind: 'danger',
              run: async (/** @type {any[]} */ list) => {
                const done = await ask({
                  title: `Delete ${plural(list.length, 'retained message')}?`,
                  confirm: `Delete ${list.length}`,
                  danger: true,
                  body: () =>
                    h(
                      'pre',
                      { class: 'code' },
                      list
                        .slice(0, 50)
                        .map((r) => r.topic)
                        .join('\n') + (list.length > 50 ? `\n… and ${list.length - 50} more` : ''),
                    ),
                });
                if (done)
                  await attempt(
                    async () => {
                      for (const r of list) await remove(`/retained/${part(r.topic)}`);
                    },
                    `${plural(list.length, 'retained message')} deleted`,
                  );
              },
            },
          ]
        : undefined,
      actions: may('operator')
        ? (/** @type {any} */ r) =>
            h(Button, {
              icon: 'trash',
              kind: 'quiet',
              small: true,
              title: `Delete ${r.topic}`,
              onClick: async () => {
                if (
                  await ask({
                    title: 'Delete this retained message?',
                    confirm: 'Delete',
                    danger: true,
                    body: () => h('p', null, h('code', null, r.topic), ` (${bytes(r.payload_size)})`),
                    run: () => remove(`/retained/${part(r.topic)}`),
                  })
                )
                  reload();
              },
            })
        : undefined,
      command: (/** @type {any} */ q) => command('retained.list', q),
      empty: {
        icon: 'retained',
        title: 'Nothing is retained',
        children:
          'A message published with the retain flag stays here for those who subscribe later: dunlin pub -t a/b -m 1 -r',
      },
    }),
  ];
});
