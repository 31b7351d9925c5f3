// @ts-check
/** Payloads of Sparkplug and Protobuf as people read them. */
import { h } from './dom.js';
import { clockMillis, count, plural, when } from './format.js';
import { icon } from './icons.js';
import { hexDump } from './values.js';
import { tree } from './tree.js';

const METRICS_SHOWN = 500;

/** What cannot be read: the reason in a sentence, and the bytes. @param {string} what @param {string} problem @param {Uint8Array} data */
function unreadable(what, problem, data) {
  return [
    h('p', { class: 'verdict warn', key: 'why' }, icon('warn'), `This is no ${what} that can be read. ${problem}`),
    h('pre', { class: 'code', key: 'hex' }, hexDump(data)),
  ];
}

/**
 * @param {import('./sparkplug.js').Payload} payload @param {Uint8Array} data @param {boolean} cut whether there is more than data
 * @param {any} p as of Payload @param {import('./sparkplug.js').Payload} [before]
 */
export function sparkplugView(payload, data, cut, p, before) {
  if (payload.problem && !cut) return unreadable('Sparkplug payload', payload.problem, data);
  const old = new Map();
  for (const m of before?.metrics ?? []) old.set(m.key, m.value);
  const { metrics } = payload;
  const facts = [
    payload.timestamp === undefined ? '' : when(payload.timestamp),
    payload.seq === undefined ? '' : `seq ${payload.seq}`,
    plural(metrics.length, 'metric'),
    payload.uuid ? `UUID ${payload.uuid}` : '',
    payload.body === undefined ? '' : `body ${payload.body}`,
  ];
  return [
    h('p', { class: 'dim', key: 'facts' }, facts.filter(Boolean).join(', ')),
    h(
      'div',
      { class: 'scroll code metrics', key: 'metrics' },
      h(
        'table',
        null,
        h('thead', null, h('tr', null, ...['Metric', 'Value', 'Type', 'Alias', 'Time'].map((name) => h('th', null, name)))),
        h(
          'tbody',
          null,
          metrics.slice(0, METRICS_SHOWN).map((m, i) =>
            h(
              'tr',
              { key: `${i} ${m.key}`, title: m.properties ? JSON.stringify(m.properties) : undefined },
              h('td', null, m.key, m.marks.length ? h('span', { class: 'dim' }, ` ${m.marks.join(', ')}`) : null),
              h('td', { class: 'wrap' }, tree(m.value, m.key, p, old.get(m.key))),
              h('td', { class: 'dim' }, m.type),
              h('td', { class: 'dim num' }, m.alias ?? ''),
              h('td', { class: 'dim num' }, m.timestamp === undefined ? '' : clockMillis(m.timestamp)),
            ),
          ),
        ),
      ),
    ),
    metrics.length > METRICS_SHOWN
      ? h('p', { class: 'dim', key: 'more' }, `The first ${METRICS_SHOWN} of ${count(metrics.length)} are shown.`)
      : null,
  ];
}

/** @param {import('./protobuf.js').Node[]} nodes */
function fields(nodes) {
  return h(
    'ul',
    { class: 'json' },
    nodes.map((node, i) =>
      h(
        'li',
        { key: i },
        h('span', { class: 'name' }, node.number),
        h('span', { class: 'punct' }, ` ${node.wire}${['text', 'message'].includes(node.as) ? `, ${node.as}` : ''}: `),
        node.value
          ? h('span', { class: `value ${node.as === 'text' ? 'string' : node.as === 'bytes' ? '' : 'number'}` }, node.value)
          : null,
        node.also.length ? h('span', { class: 'dim' }, `  or ${node.also.join(', ')}`) : null,
        node.below ? fields(node.below) : null,
      ),
    ),
  );
}

/** @param {ReturnType<typeof import('./protobuf.js').protobufOf>} found @param {Uint8Array} data @param {boolean} cut */
export function protobufView(found, data, cut) {
  if (found.problem && !cut) return unreadable('Protobuf', found.problem, data);
  return [
    h('div', { class: 'code', key: 'fields' }, fields(found.nodes)),
    found.more
      ? h('p', { class: 'dim', key: 'more' }, 'There are more fields than are shown.')
      : h(
          'p',
          { class: 'dim', key: 'guess' },
          'Without its schema: numbers of fields, how they lie on the wire, and what is probably in them.',
        ),
  ];
}
