// @ts-check
/** A payload for people: JSON and Sparkplug with numbers that can be charted, Protobuf, text, hexadecimal; and what differs from the one before. */
import { h, view, follow } from './dom.js';
import { fromBase64, bytes as sizeOf } from './format.js';
import { Segments, Button, copy } from './ui.js';
import { learned, sparkplugOf } from './births.js';
import { protobufView, sparkplugView } from './decoded.js';
import { protobufOf } from './protobuf.js';
import { summary } from './sparkplug.js';
import { tree } from './tree.js';
import { diff, hexDump, jsonOf, numbers, textOf } from './values.js';

const HEAD_CHARACTERS = 800; // of base64, for one line

/** One line of a payload. @param {string | undefined} base64 @param {number} [most] @param {string} [topic] */
export function preview(base64, most = 120, topic) {
  if (!base64) return '';
  const isCut = base64.length > HEAD_CHARACTERS;
  const data = fromBase64(isCut ? base64.slice(0, HEAD_CHARACTERS) : base64);
  const short = (/** @type {string} */ line) => (line.length > most ? `${line.slice(0, most)}…` : line);
  const sparkplug = sparkplugOf(topic, data);
  if (sparkplug && (isCut || !sparkplug.problem)) return short(summary(sparkplug));
  let text = textOf(data);
  if (text === undefined && isCut) text = textOf(data.subarray(0, data.length - 3));
  if (text === undefined)
    return (
      [...data.subarray(0, 24)].map((b) => b.toString(16).padStart(2, '0')).join(' ') + (data.length > 24 ? ' …' : '')
    );
  return short(text.replace(/\s+/g, ' ').trim());
}

/** What two payloads are compared by. @param {Uint8Array} data @param {string | undefined} topic */
function lines(data, topic) {
  const sparkplug = sparkplugOf(topic, data);
  if (sparkplug && !sparkplug.problem)
    return [`seq: ${sparkplug.seq}`, ...sparkplug.metrics.map((m) => `${m.key}: ${JSON.stringify(m.value)}`)].join('\n');
  const text = textOf(data);
  const json = jsonOf(text);
  return json.ok && typeof json.value === 'object' ? JSON.stringify(json.value, null, 2) : (text ?? hexDump(data));
}

/**
 * Shows a payload. Props: base64, topic, size (where not all of it came), before (base64 of the one before), onNumber(path), charted(path).
 * @type {any}
 */
export const Payload = view((self) => {
  follow(self, learned);
  let how = '';
  return (p) => {
    const data = fromBase64(p.base64 ?? '');
    const text = textOf(data);
    const json = jsonOf(text);
    const cut = p.size !== undefined && p.size > data.length;
    const sparkplug = data.length ? sparkplugOf(p.topic, data) : undefined;
    const protobuf = data.length && !json.ok ? protobufOf(data) : undefined;
    const guess = protobuf && (text === undefined || protobuf.likely) ? ['protobuf', 'Protobuf'] : null;
    const options = [
      sparkplug ? ['sparkplug', 'Sparkplug'] : null,
      json.ok ? ['json', 'JSON'] : null,
      text !== undefined ? ['text', 'Text'] : null,
      protobuf?.likely ? guess : null,
      ['hex', 'Hex'],
      protobuf?.likely ? null : guess,
      p.before !== undefined ? ['diff', 'Changes'] : null,
    ].filter(Boolean);
    const shown = options.some((o) => o?.[0] === how) ? how : (options[0]?.[0] ?? 'hex');
    const before = p.before !== undefined ? fromBase64(p.before) : undefined;
    let view;
    if (data.length === 0) view = h('p', { class: 'dim' }, 'The payload is empty.');
    else if (shown === 'sparkplug' && sparkplug)
      view = sparkplugView(sparkplug, data, cut, p, before && sparkplugOf(p.topic, before));
    else if (shown === 'protobuf' && protobuf) view = protobufView(protobuf, data, cut);
    else if (shown === 'json') {
      const old = before ? jsonOf(textOf(before)) : { ok: false, value: undefined };
      view = h('div', { class: 'code' }, tree(json.value, '', p, old.ok ? old.value : undefined));
    } else if (shown === 'text') {
      const single = p.onNumber && numbers(text).size;
      view = single ? h('div', { class: 'code' }, tree(text, '', p)) : h('pre', { class: 'code' }, text);
    } else if (shown === 'diff' && before)
      view = h(
        'pre',
        { class: 'code diff' },
        diff(lines(before, p.topic), lines(data, p.topic)).map(([sign, line], i) =>
          h('span', { key: i, class: sign === '+' ? 'plus' : sign === '-' ? 'minus' : '' }, `${sign} ${line}\n`),
        ),
      );
    else view = h('pre', { class: 'code' }, hexDump(data));
    return h(
      'div',
      { class: 'payload' },
      h(
        'div',
        { class: 'row' },
        h(Segments, {
          label: 'Show as',
          value: shown,
          options,
          onChange: (/** @type {string} */ v) =>
            self.change(() => {
              how = v;
            }),
        }),
        h('span', { class: 'dim' }, sizeOf(p.size ?? data.length)),
        h('span', { class: 'grow' }),
        h(Button, {
          icon: 'copy',
          kind: 'quiet',
          small: true,
          title: 'Copy the payload',
          onClick: () => copy(text ?? hexDump(data), 'Copied'),
        }),
      ),
      view,
      cut ? h('p', { class: 'dim' }, `Only the first ${sizeOf(data.length)} are shown.`) : null,
    );
  };
});
