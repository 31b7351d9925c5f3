// @ts-check
/** One client of the test client: connection, publishing, subscriptions, and what happens. */
import { h, view, follow, cx } from '../dom.js';
import { get, rows } from '../api.js';
import { Badge, Button, Card, Empty, Facts, Field, Menu, Segments, copy, toast } from '../ui.js';
import { Payload, preview } from '../payload.js';
import { Client } from '../mqtt.js';
import { reasonText } from '../mqtt-packets.js';
import { clockMillis, count, toBase64 } from '../format.js';
import { PROPERTY_NAMES, properties } from './tester-properties.js';
import { fill, pairs, publishes, snippets, stopTimed, tabsChanged, toBytes, utf8 } from './tester-model.js';

const KEPT = 500;

export const TestClient = view((self, { tab }) => {
  follow(self, tab.changed, snippets);
  /** @type {string[]} */
  let addresses = [];
  let filter = '';
  let open = /** @type {any} */ (null);
  const touch = () => {
    tab.changed.value++;
    tabsChanged.value++;
  };
  const say = (/** @type {any} */ happening) => {
    if (happening.kind === 'received' && happening.message) tab.received++;
    tab.log.unshift({ ...happening, at: Date.now(), id: `${Date.now()}-${tab.received}-${tab.sent}-${Math.random()}` });
    if (tab.log.length > KEPT) tab.log.length = KEPT;
    later();
  };
  let waiting = 0;
  const later = () => {
    if (!waiting)
      waiting = window.setTimeout(() => {
        waiting = 0;
        touch();
      }, 60);
  };
  self.onMount(() => {
    get('/listeners', { limit: 100 }).then(
      (answer) => {
        addresses = rows(answer)
          .filter((l) => ['ws', 'wss'].includes(l.type) && l.running !== false)
          .map((l) => {
            const port = String(l.bind ?? '').match(/(\d+)$/)?.[1];
            return `${l.type}://${location.hostname}:${port}${l.path ?? '/mqtt'}`;
          });
        if (!tab.connect.address)
          tab.connect.address =
            addresses.find((a) => a.startsWith(location.protocol === 'https:' ? 'wss' : 'ws')) ??
            addresses[0] ??
            `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.hostname}:8083/mqtt`;
        self.redraw();
      },
      () => {
        tab.connect.address ||= `ws://${location.hostname}:8083/mqtt`;
        self.redraw();
      },
    );
  });
  const bind = (
    /** @type {any} */ part,
    /** @type {string} */ key,
    /** @type {string} */ label,
    /** @type {any} */ more = {},
  ) =>
    h(Field, {
      key,
      label,
      value: part[key],
      onInput: (/** @type {any} */ v) => {
        part[key] = v;
        self.redraw();
      },
      ...more,
    });

  const connect = () => {
    const c = tab.connect;
    tab.client = new Client(
      c.address,
      {
        clientId: c.clientId,
        username: c.username,
        password: c.password,
        cleanStart: c.cleanStart,
        keepAlive: Number(c.keepAlive) || 0,
        properties: {
          sessionExpiry: c.sessionExpiry,
          receiveMaximum: c.receiveMaximum,
          maximumPacketSize: c.maximumPacketSize,
          topicAliasMaximum: c.topicAliasMaximum,
          requestResponse: c.requestResponse ? 1 : undefined,
          requestProblem: c.requestProblem ? undefined : 0,
          authMethod: c.authMethod,
          user: pairs(c.user),
        },
        will:
          c.will && c.willTopic
            ? {
                topic: c.willTopic,
                payload: new TextEncoder().encode(c.willPayload),
                qos: Number(c.willQos),
                retain: c.willRetain,
                properties: {
                  willDelay: c.willDelay,
                  messageExpiry: c.willExpiry,
                  contentType: c.willContentType,
                  payloadFormat: c.willFormat ? 1 : undefined,
                  responseTopic: c.willResponseTopic,
                  user: pairs(c.willUser),
                },
              }
            : undefined,
      },
      say,
      () => {
        if (tab.client?.state === 'closed') {
          stopTimed(tab);
          tab.filters = [];
        }
        tab.name = tab.client?.connack?.properties.assignedClientId ?? (c.clientId || tab.name);
        touch();
      },
    );
    touch();
  };
  const publish = async () => {
    const p = tab.publish;
    try {
      const n = ++tab.n;
      const payload = toBytes(fill(p.payload, n), p.format);
      const topic = fill(p.topic, n);
      const answer = await tab.client.publish({
        topic,
        payload,
        qos: Number(p.qos),
        retain: p.retain,
        properties: {
          payloadFormat: p.payloadFormat ? 1 : undefined,
          messageExpiry: p.messageExpiry,
          contentType: p.contentType,
          responseTopic: p.responseTopic,
          correlationData: utf8(p.correlationData),
          topicAlias: p.topicAlias,
          user: pairs(p.user),
        },
      });
      tab.sent++;
      say({
        kind: answer.code >= 128 ? 'error' : 'sent',
        what: `PUBLISH ${topic}${Number(p.qos) ? `: ${reasonText(answer.code)}${answer.properties?.reason ? `, ${answer.properties.reason}` : ''}` : ''}`,
        message: { topic, payload, qos: Number(p.qos), retain: p.retain, properties: {} },
      });
    } catch (e) {
      stopTimed(tab);
      toast(/** @type {Error} */ (e).message, 'bad');
    }
  };
  const timed = () => {
    if (tab.timer) {
      stopTimed(tab);
      return touch();
    }
    const every = Number(tab.publish.every);
    if (!(every >= 10)) return toast('Say how often: at least every 10 ms.', 'bad');
    let left = Number(tab.publish.times) || Infinity;
    publish();
    tab.timer = window.setInterval(() => {
      if (--left <= 0 || tab.client?.state !== 'connected') {
        stopTimed(tab);
        touch();
      } else publish();
    }, every);
    touch();
  };
  const subscribe = async () => {
    const s = tab.subscribe;
    try {
      const one = { filter: s.filter, qos: Number(s.qos), noLocal: s.noLocal, rap: s.rap, rh: Number(s.rh) };
      const answer = await tab.client.subscribe([one], { subscriptionId: s.subscriptionId, user: pairs(s.user) });
      const code = answer.codes[0];
      say({ kind: code >= 128 ? 'error' : 'sent', what: `SUBSCRIBE ${s.filter}: ${reasonText(code)}` });
      if (code < 128)
        tab.filters = [
          ...tab.filters.filter((/** @type {any} */ f) => f.filter !== s.filter),
          { ...one, granted: code },
        ];
    } catch (e) {
      toast(/** @type {Error} */ (e).message, 'bad');
    }
  };
  const unsubscribe = async (/** @type {string} */ f) => {
    const answer = await tab.client.unsubscribe([f]);
    say({ kind: 'sent', what: `UNSUBSCRIBE ${f}: ${reasonText(answer.codes[0])}` });
    tab.filters = tab.filters.filter((/** @type {any} */ one) => one.filter !== f);
  };
  return ({ drop, many }) => {
    const state = tab.client?.state ?? 'idle';
    const on = state === 'connected';
    const c = tab.connect;
    const p = tab.publish;
    const s = tab.subscribe;
    const low = filter.toLowerCase();
    const log = tab.log.filter((/** @type {any} */ l) => !low || l.what.toLowerCase().includes(low));
    return h(
      'div',
      { class: 'split tester' },
      h(
        'div',
        { class: 'stack' },
        h(
          Card,
          {
            title: 'Connection',
            actions: [
              h(
                Badge,
                { key: 'b', tone: on ? 'good' : state === 'connecting' ? 'warn' : '' },
                on ? 'connected' : state === 'connecting' ? 'connecting …' : 'not connected',
              ),
              on || state === 'connecting'
                ? h(Button, { key: 'd', label: 'Disconnect', small: true, onClick: () => tab.client.end() })
                : h(Button, { key: 'c', label: 'Connect', kind: 'primary', small: true, onClick: connect }),
              many
                ? h(Button, {
                    key: 'x',
                    icon: 'close',
                    kind: 'quiet',
                    small: true,
                    title: 'Close this client',
                    onClick: () => drop(tab),
                  })
                : null,
            ],
          },
          on
            ? h(Facts, {
                wide: true,
                items: [
                  ['Address', c.address],
                  ['Client id', tab.client.connack.properties.assignedClientId ?? c.clientId],
                  ['Session', tab.client.connack.present ? 'taken up' : 'new'],
                  ...Object.entries(tab.client.connack.properties)
                    .filter(([k]) => k !== 'assignedClientId' && k !== 'user')
                    .map(([k, v]) => [PROPERTY_NAMES[k] ?? k, String(v)]),
                ],
              })
            : [
                h(
                  'div',
                  { class: 'form', key: 'f' },
                  bind(c, 'address', 'Address', { mono: true, span: true, list: addresses }),
                  bind(c, 'clientId', 'Client id'),
                  bind(c, 'username', 'User'),
                  bind(c, 'password', 'Password', { type: 'password', autocomplete: 'new-password' }),
                  bind(c, 'keepAlive', 'Keep alive (s)', { type: 'number', min: 0, max: 65535 }),
                  bind(c, 'cleanStart', 'Clean start', { type: 'check' }),
                ),
                h(
                  'details',
                  { key: 'p' },
                  h('summary', null, 'Properties'),
                  h(
                    'div',
                    { class: 'form' },
                    bind(c, 'sessionExpiry', 'Session expiry (s)', { type: 'number' }),
                    bind(c, 'receiveMaximum', 'Receive maximum', { type: 'number' }),
                    bind(c, 'maximumPacketSize', 'Maximum packet size', { type: 'number' }),
                    bind(c, 'topicAliasMaximum', 'Topic alias maximum', { type: 'number' }),
                    bind(c, 'authMethod', 'Authentication method'),
                    bind(c, 'requestResponse', 'Request response information', { type: 'check' }),
                    bind(c, 'requestProblem', 'Request problem information', { type: 'check' }),
                    bind(c, 'user', 'User properties (name: value)', { type: 'area', rows: 2 }),
                  ),
                ),
                h(
                  'details',
                  { key: 'w' },
                  h('summary', null, 'Will'),
                  h(
                    'div',
                    { class: 'form' },
                    bind(c, 'will', 'Leave a will', { type: 'check' }),
                    bind(c, 'willTopic', 'Topic', { mono: true }),
                    bind(c, 'willPayload', 'Payload', { type: 'area', rows: 2, mono: true }),
                    bind(c, 'willQos', 'QoS', { type: 'select', options: ['0', '1', '2'] }),
                    bind(c, 'willRetain', 'Retain', { type: 'check' }),
                    bind(c, 'willDelay', 'Delay (s)', { type: 'number' }),
                    bind(c, 'willExpiry', 'Message expiry (s)', { type: 'number' }),
                    bind(c, 'willContentType', 'Content type'),
                    bind(c, 'willResponseTopic', 'Response topic'),
                    bind(c, 'willFormat', 'Payload is text (format indicator)', { type: 'check' }),
                    bind(c, 'willUser', 'User properties (name: value)', { type: 'area', rows: 2 }),
                  ),
                ),
              ],
        ),
        h(
          Card,
          {
            title: 'Publish',
            actions: [
              h(Menu, {
                key: 'm',
                icon: 'more',
                kind: 'quiet',
                small: true,
                end: true,
                title: 'Snippets',
                items: [
                  {
                    label: 'Keep as a snippet',
                    icon: 'plus',
                    run: () => {
                      const { topic, payload, format, qos, retain } = p;
                      snippets.value = [{ topic, payload, format, qos, retain }, ...snippets.value].slice(0, 20);
                      toast('Kept');
                    },
                  },
                  publishes(p)
                    ? { label: 'Copy as command', icon: 'terminal', hint: publishes(p), run: () => copy(publishes(p) ?? '') }
                    : null,
                  ...snippets.value.map((/** @type {any} */ one, /** @type {number} */ i) => ({
                    label: `${one.topic} #${i + 1}`,
                    hint: one.payload.slice(0, 80),
                    icon: 'send',
                    run: () => {
                      Object.assign(p, one);
                      self.redraw();
                    },
                  })),
                  snippets.value.length
                    ? {
                        label: 'Forget the snippets',
                        icon: 'trash',
                        danger: true,
                        run: () => {
                          snippets.value = [];
                        },
                      }
                    : null,
                ],
              }),
            ],
          },
          h(
            'form',
            {
              onSubmit: (/** @type {any} */ e) => {
                e.preventDefault();
                publish();
              },
              onKeyDown: (/** @type {any} */ e) => {
                if (e.key === 'Enter' && e.ctrlKey) publish();
              },
            },
            h(
              'div',
              { class: 'form' },
              bind(p, 'topic', 'Topic', { mono: true, span: true }),
              bind(p, 'payload', 'Payload', {
                type: 'area',
                rows: 4,
                mono: true,
                hint: '{{now}} {{millis}} {{n}} {{uuid}} {{random 18 24}} {{choose on off}} are filled in',
              }),
            ),
            h(
              'div',
              { class: 'row gap' },
              h(Segments, {
                label: 'Format',
                value: p.format,
                options: [
                  ['text', 'Text'],
                  ['hex', 'Hex'],
                  ['base64', 'Base64'],
                ],
                onChange: (v) => {
                  p.format = v;
                  self.redraw();
                },
              }),
              h(Segments, {
                label: 'QoS',
                value: p.qos,
                options: [
                  ['0', 'QoS 0'],
                  ['1', '1'],
                  ['2', '2'],
                ],
                onChange: (v) => {
                  p.qos = v;
                  self.redraw();
                },
              }),
              bind(p, 'retain', 'Retain', { type: 'check' }),
            ),
            h(
              'details',
              null,
              h('summary', null, 'Properties'),
              h(
                'div',
                { class: 'form' },
                bind(p, 'contentType', 'Content type', { placeholder: 'application/json' }),
                bind(p, 'messageExpiry', 'Message expiry (s)', { type: 'number' }),
                bind(p, 'responseTopic', 'Response topic', { mono: true }),
                bind(p, 'correlationData', 'Correlation data'),
                bind(p, 'topicAlias', 'Topic alias', { type: 'number' }),
                bind(p, 'payloadFormat', 'Payload is text (format indicator)', { type: 'check' }),
                bind(p, 'user', 'User properties (name: value)', { type: 'area', rows: 2 }),
              ),
            ),
            h(
              'details',
              null,
              h('summary', null, 'Again and again'),
              h(
                'div',
                { class: 'form' },
                bind(p, 'every', 'Every (ms)', { type: 'number', min: 10 }),
                bind(p, 'times', 'Times', { type: 'number', placeholder: 'until stopped' }),
                h(
                  'div',
                  { class: 'row end' },
                  h(Button, {
                    label: tab.timer ? 'Stop' : 'Start',
                    icon: tab.timer ? 'stop' : 'play',
                    disabled: !on,
                    onClick: timed,
                  }),
                ),
              ),
            ),
            h(
              'div',
              { class: 'row gap' },
              h(Button, { type: 'submit', label: 'Publish', icon: 'send', kind: 'primary', disabled: !on }),
              h('span', { class: 'dim' }, `${count(tab.sent)} sent${on ? '' : ' · connect first'}`),
            ),
          ),
        ),
        h(
          Card,
          { title: 'Subscribe' },
          h(
            'form',
            {
              onSubmit: (/** @type {any} */ e) => {
                e.preventDefault();
                subscribe();
              },
            },
            h(
              'div',
              { class: 'form' },
              bind(s, 'filter', 'Topic filter', { mono: true, span: true }),
              bind(s, 'qos', 'QoS', { type: 'select', options: ['0', '1', '2'] }),
              bind(s, 'rh', 'Retained messages', {
                type: 'select',
                options: [
                  ['0', 'always'],
                  ['1', 'when new'],
                  ['2', 'never'],
                ],
              }),
              bind(s, 'noLocal', 'No local', { type: 'check' }),
              bind(s, 'rap', 'Retain as published', { type: 'check' }),
            ),
            h(
              'details',
              null,
              h('summary', null, 'Properties'),
              h(
                'div',
                { class: 'form' },
                bind(s, 'subscriptionId', 'Subscription identifier', { type: 'number', min: 1 }),
                bind(s, 'user', 'User properties (name: value)', { type: 'area', rows: 2 }),
              ),
            ),
            h(
              'div',
              { class: 'row gap' },
              h(Button, { type: 'submit', label: 'Subscribe', disabled: !on || !s.filter }),
            ),
          ),
          tab.filters.length
            ? h(
                'ul',
                { class: 'chips' },
                tab.filters.map((/** @type {any} */ f) =>
                  h(
                    'li',
                    { key: f.filter },
                    h('code', null, f.filter),
                    h('span', { class: 'dim' }, `QoS ${f.granted}`),
                    h(Button, {
                      icon: 'close',
                      kind: 'quiet',
                      small: true,
                      title: `Unsubscribe ${f.filter}`,
                      onClick: () => unsubscribe(f.filter),
                    }),
                  ),
                ),
              )
            : null,
        ),
      ),
      h(
        Card,
        {
          class: 'log',
          title: 'What happens',
          note: `${count(tab.received)} received`,
          actions: [
            h('input', {
              key: 'f',
              type: 'search',
              placeholder: 'Search',
              'aria-label': 'Search the log',
              value: filter,
              onInput: (/** @type {any} */ e) =>
                self.change(() => {
                  filter = e.target.value;
                }),
            }),
            h(Button, {
              key: 'c',
              label: 'Clear',
              small: true,
              onClick: () => {
                tab.log = [];
                tab.received = 0;
                touch();
              },
            }),
          ],
        },
        log.length === 0
          ? h(Empty, { icon: 'test', title: 'Nothing yet', children: 'Connect, then publish or subscribe.' })
          : h(
              'ol',
              { class: 'messages tall' },
              log.map((/** @type {any} */ l) =>
                h(
                  'li',
                  { key: l.id, class: l.kind },
                  h(
                    'button',
                    {
                      type: 'button',
                      class: cx({ on: open === l }),
                      onClick: () =>
                        self.change(() => {
                          open = open === l ? null : l;
                        }),
                    },
                    h('time', null, clockMillis(l.at)),
                    h(
                      'b',
                      { class: 'way' },
                      l.kind === 'sent' ? '→' : l.kind === 'received' ? '←' : l.kind === 'error' ? '!' : '·',
                    ),
                    h(
                      'code',
                      null,
                      l.what,
                      l.message
                        ? h('span', { class: 'dim' }, `  ${preview(toBase64(l.message.payload.subarray(0, 700)), 80, l.message.topic)}`)
                        : null,
                    ),
                    l.message ? h('span', { class: 'dim' }, `q${l.message.qos}${l.message.retain ? ' r' : ''}`) : null,
                  ),
                  open === l && l.message
                    ? h(
                        'div',
                        { class: 'opened' },
                        h(Payload, { base64: toBase64(l.message.payload), topic: l.message.topic }),
                        properties(l.message.properties),
                        l.message.properties?.responseTopic && on
                          ? h(Button, {
                              label: 'Answer it',
                              small: true,
                              icon: 'send',
                              onClick: () => {
                                p.topic = l.message.properties.responseTopic;
                                p.correlationData = l.message.properties.correlationData
                                  ? new TextDecoder().decode(l.message.properties.correlationData)
                                  : '';
                                self.redraw();
                              },
                            })
                          : null,
                      )
                    : null,
                ),
              ),
            ),
      ),
    );
  };
});
