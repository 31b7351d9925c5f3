// @ts-check
import { h, view, follow } from '../dom.js';
import { command } from '../commands.js';
import { icon } from '../icons.js';
import { get, rows } from '../api.js';
import { route, setQuery, link } from '../router.js';
import { Badge, Button, Card, Empty, Failure, Loading, Field, copy } from '../ui.js';
import { clockMillis, when } from '../format.js';

const MARKS = /** @type {Record<string, string[]>} */ ({
  ok: ['check', 'good'],
  problem: ['warn', 'bad'],
  unknown: ['info', ''],
  info: ['info', ''],
});

/** Why a client got a message, or did not. */
export const Why = view((self) => {
  follow(self, route);
  const q = (/** @type {string} */ key) => route.value.query.get(key) ?? '';
  let client = q('clientid');
  let topic = q('topic');
  let since = q('since') || '10m';
  /** @type {any} */ let answer;
  /** @type {any} */ let problem;
  let busy = false;
  /** @type {string[]} */ let clients = [];

  const run = async () => {
    self.change(() => {
      busy = true;
      problem = undefined;
    });
    try {
      answer = await get('/why', { clientid: client.trim(), topic: topic.trim(), since });
    } catch (e) {
      problem = e;
      answer = undefined;
    }
    self.change(() => {
      busy = false;
    });
  };
  const submit = (/** @type {any} */ e) => {
    e.preventDefault();
    setQuery({ clientid: client.trim(), topic: topic.trim(), since });
    run();
  };
  const suggest = async () => {
    try {
      clients = rows(await get('/clients', { like_clientid: client, limit: 12 })).map((c) => c.clientid);
      self.redraw();
    } catch {
      clients = []; // suggestions are a help and no more
    }
  };
  self.onMount(() => {
    if (client && topic) run();
    else suggest();
  });

  return () => [
    h(
      'div',
      { class: 'head', key: 'head' },
      h('div', { class: 'crumbs' }, h('h1', null, 'Why')),
      h(
        'p',
        null,
        'Did this client get the messages of this topic, and if not, why not? The answer is made of how things stand now and of what the broker has recorded.',
      ),
    ),
    h(
      Card,
      { key: 'ask' },
      h(
        'form',
        { class: 'form', onSubmit: submit },
        h(Field, {
          label: 'Client',
          value: client,
          list: clients,
          required: true,
          onInput: (/** @type {string} */ v) => {
            client = v;
            self.redraw();
            suggest();
          },
        }),
        h(Field, {
          label: 'Topic',
          value: topic,
          mono: true,
          required: true,
          placeholder: 'plant/hall-1/furnace-01/temperature',
          onInput: (/** @type {string} */ v) =>
            self.change(() => {
              topic = v;
            }),
        }),
        h(Field, {
          label: 'Look back',
          type: 'select',
          value: since,
          options: [
            ['1m', '1 minute'],
            ['10m', '10 minutes'],
            ['1h', '1 hour'],
            ['24h', '24 hours'],
          ],
          onInput: (/** @type {string} */ v) =>
            self.change(() => {
              since = v;
            }),
        }),
        h(
          'div',
          { class: 'row end' },
          h(Button, {
            type: 'submit',
            label: 'Find out',
            kind: 'primary',
            busy,
            disabled: !client.trim() || !topic.trim(),
          }),
          client.trim() && topic.trim()
            ? h(Button, {
                icon: 'terminal',
                kind: 'quiet',
                title: 'Copy as command',
                onClick: () => copy(command('why', { clientid: client.trim(), topic: topic.trim(), since })),
              })
            : null,
        ),
      ),
    ),
    problem
      ? h(Card, { key: 'problem' }, h(Failure, { error: problem, retry: run }))
      : busy && !answer
        ? h(Loading, { key: 'wait' })
        : answer
          ? h(Answer, { key: 'answer', answer, client, topic })
          : h(
              Card,
              { key: 'empty' },
              h(Empty, {
                icon: 'why',
                title: 'Ask about a client and a topic',
                children:
                  'Not subscribed, a rule, expired, No Local, a full queue, another of the shared group, too large, away with a clean session, still in flight: the broker tells which it was.',
              }),
            ),
  ];
});

/** @param {{answer: any, client: string, topic: string}} p */
function Answer({ answer, client, topic }) {
  const tone = answer.delivered ? 'good' : 'bad';
  return h(
    'div',
    { class: 'stack' },
    h(
      'section',
      { class: `verdict ${tone}` },
      icon(answer.delivered ? 'check' : 'warn'),
      h('div', null, h('p', null, answer.verdict), answer.advice ? h('p', { class: 'advice' }, answer.advice) : null),
    ),
    answer.rule.length ? h(Card, { title: 'The rule' }, h('pre', { class: 'code' }, answer.rule.join('\n'))) : null,
    answer.one_in > 1 ? h('p', { class: 'dim' }, `At this load one in ${answer.one_in} messages is recorded.`) : null,
    h(
      Card,
      {
        title: 'What was found',
        actions: [
          h(
            'a',
            { key: 'c', class: 'button small', href: link(['clients', client], { tab: 'events' }) },
            'Events of the client',
          ),
          h('a', { key: 't', class: 'button small', href: link(['topics'], { at: topic }) }, 'The topic'),
        ],
      },
      h(
        'ol',
        { class: 'steps' },
        answer.findings.map((/** @type {any} */ f, /** @type {number} */ i) => {
          const [mark, colour] = MARKS[f.state];
          return h(
            'li',
            { key: i, class: colour },
            icon(mark),
            h(
              'div',
              null,
              h(
                'p',
                null,
                f.what,
                f.at ? h('small', { class: 'dim', title: when(f.at) }, ` ${clockMillis(f.at)}`) : null,
              ),
              f.advice ? h('p', { class: 'advice' }, f.advice) : null,
              f.count > 1 ? h(Badge, {}, `${f.count} times`) : null,
            ),
          );
        }),
      ),
    ),
    h('p', { class: 'dim' }, `All is known since ${when(answer.known_since)}.`),
  );
}
