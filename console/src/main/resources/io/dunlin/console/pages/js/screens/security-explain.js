// @ts-check
/** Whether a connected client may do something, and which rule decides. */
import { h, view } from '../dom.js';
import { command } from '../commands.js';
import { icon } from '../icons.js';
import { get, post, rows } from '../api.js';
import { route } from '../router.js';
import { Badge, Button, Card, Failure, Field, copy } from '../ui.js';
import { plural } from '../format.js';

const SAID = /** @type {Record<string, string[]>} */ ({
  ALLOWED: ['allowed', 'good'],
  ALLOWED_IN_PART: ['allowed in part', 'warn'],
  DENIED: ['denied', 'bad'],
  NO_OPINION: ['no opinion', ''],
  FAILED: ['failed: no', 'bad'],
});

export const Explain = view((self) => {
  let client = route.value.query.get('clientid') ?? '';
  let action = 'publish';
  let topic = route.value.query.get('topic') ?? '';
  let qos = '0';
  let retain = false;
  /** @type {any} */ let answer;
  /** @type {any} */ let problem;
  /** @type {string[]} */ let clients = [];
  const suggest = () =>
    get('/clients', { like_clientid: client, conn_state: 'connected', limit: 12 }).then(
      (a) =>
        self.change(() => {
          clients = rows(a).map((c) => c.clientid);
        }),
      () => {},
    );
  self.onMount(() => {
    suggest();
  });
  const run = async (/** @type {any} */ e) => {
    e.preventDefault();
    try {
      answer = (await post('/acl/explain', { clientid: client, action, topic, qos: Number(qos), retain })).explanation;
      problem = undefined;
    } catch (error) {
      problem = error;
      answer = undefined;
    }
    self.redraw();
  };
  return () => {
    return h(
      'div',
      { class: 'stack' },
      h(
        Card,
        { title: 'May a connected client do this?' },
        h(
          'form',
          { class: 'form', onSubmit: run },
          h(Field, {
            label: 'Client',
            value: client,
            list: clients,
            onInput: (/** @type {string} */ v) => {
              client = v;
              self.redraw();
              suggest();
            },
          }),
          h(Field, {
            label: 'Action',
            type: 'select',
            options: ['publish', 'subscribe', 'receive'],
            value: action,
            onInput: (/** @type {string} */ v) =>
              self.change(() => {
                action = v;
              }),
          }),
          h(Field, {
            label: action === 'subscribe' ? 'Topic filter' : 'Topic',
            mono: true,
            value: topic,
            onInput: (/** @type {string} */ v) =>
              self.change(() => {
                topic = v;
              }),
          }),
          h(Field, {
            label: 'QoS',
            type: 'select',
            options: ['0', '1', '2'],
            value: qos,
            onInput: (/** @type {string} */ v) =>
              self.change(() => {
                qos = v;
              }),
          }),
          h(Field, {
            label: 'Retain',
            type: 'check',
            value: retain,
            onInput: (/** @type {boolean} */ v) =>
              self.change(() => {
                retain = v;
              }),
          }),
          h(
            'div',
            { class: 'row end' },
            h(Button, { type: 'submit', label: 'Explain', kind: 'primary', disabled: !client || !topic }),
            client && topic
              ? h(Button, {
                  icon: 'terminal',
                  kind: 'quiet',
                  title: 'Copy as command',
                  onClick: () => copy(command('clients.explain', { clientid: client, action, topic, qos, retain })),
                })
              : null,
          ),
        ),
      ),
      problem ? h(Card, {}, h(Failure, { error: problem })) : null,
      answer
        ? [
            h(
              'section',
              {
                key: 'v',
                class: `verdict ${answer.allowed ? (answer.whole === false && action === 'subscribe' ? '' : 'good') : 'bad'}`,
              },
              icon(answer.allowed ? 'check' : 'ban'),
              h(
                'div',
                null,
                h(
                  'p',
                  null,
                  `${answer.allowed ? (answer.whole === false && action === 'subscribe' ? 'Allowed in part' : 'Allowed') : 'Denied'}, decided by ${answer.decided_by}`,
                ),
                h('p', { class: 'advice' }, answer.why),
              ),
            ),
            h(
              Card,
              { key: 's', title: 'How it was decided' },
              h(
                'ol',
                { class: 'steps' },
                answer.steps.map((/** @type {any} */ s) => {
                  const [text, tone] = SAID[s.said];
                  return h(
                    'li',
                    { key: s.source },
                    h(
                      'div',
                      { class: 'grow' },
                      h(
                        'div',
                        { class: 'row' },
                        h('b', null, s.source),
                        h(Badge, { tone }, text),
                        s.why ? h('span', { class: 'dim' }, s.why) : null,
                      ),
                      s.rules.map((/** @type {any} */ r) =>
                        h(
                          'div',
                          { key: r.rule, class: 'near' },
                          icon(r.fits ? 'check' : 'close'),
                          h('code', null, r.rule),
                          h('span', { class: 'dim' }, r.why),
                        ),
                      ),
                      s.others
                        ? h('p', { class: 'dim' }, `${plural(s.others, 'other rule')} with nothing to do with it`)
                        : null,
                    ),
                  );
                }),
              ),
            ),
          ]
        : null,
    );
  };
});
