// Payloads as the pages read them: Protobuf and Sparkplug B out of bytes that are made here by hand, broken ones as well.
import { check, equal } from './harness.js';

const PAGES = '../../console/src/main/resources/io/dunlin/console/pages/js/';
const UTF8 = new TextEncoder();

// ---- a small encoder

export function varint(value) {
  let rest = BigInt.asUintN(64, BigInt(value));
  const out = [];
  do {
    out.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest);
  return out;
}
const tag = (number, wire) => varint((number << 3) | wire);
export const int = (number, value) => [...tag(number, 0), ...varint(value)];
export const bytes = (number, data) => [...tag(number, 2), ...varint(data.length), ...data];
export const string = (number, text) => bytes(number, [...UTF8.encode(text)]);
function fixed(number, wire, size, write) {
  const view = new DataView(new ArrayBuffer(size));
  write(view);
  return [...tag(number, wire), ...new Uint8Array(view.buffer)];
}
export const double = (number, value) => fixed(number, 1, 8, (view) => view.setFloat64(0, value, true));
export const float = (number, value) => fixed(number, 5, 4, (view) => view.setFloat32(0, value, true));

/** A metric; what is undefined is left out. */
export function metric({ name, alias, type, timestamp, flags = [] }, ...value) {
  return bytes(2, [
    ...(name === undefined ? [] : string(1, name)),
    ...(alias === undefined ? [] : int(2, alias)),
    ...(timestamp === undefined ? [] : int(3, timestamp)),
    ...(type === undefined ? [] : int(4, type)),
    ...flags.flatMap((number) => int(number, 1)),
    ...value.flat(),
  ]);
}
export const payload = (seq, ...metrics) =>
  Uint8Array.from([...int(1, 1_700_000_000_000), ...metrics.flat(), ...int(3, seq)]);

// ----

export async function payloads(harness) {
  const { protobufOf, zigzag } = await import(`${PAGES}protobuf.js`);
  const { Names, decode, numberIn, summary, topicOf } = await import(`${PAGES}sparkplug.js`);
  const { csvCell } = await import(`${PAGES}format.js`);
  const say = (name, run) => {
    try {
      run();
      harness.say(true, `payloads: ${name}`);
    } catch (e) {
      harness.say(false, `payloads: ${name}`, e.message);
    }
  };
  const read = (...parts) => protobufOf(Uint8Array.from(parts.flat()));
  const valueOf = (type, ...value) => {
    const found = decode(payload(0, metric({ name: 'm', type }, ...value)));
    check(!found.problem, `it is read: ${found.problem}`);
    return found.metrics[0].value;
  };
  const same = (actual, expected, text) => equal(JSON.stringify(actual), JSON.stringify(expected), text);

  say('Protobuf: numbers with what else they may be', () => {
    const { nodes, problem, likely } = read(int(1, 150), int(2, -1), float(3, 21.1), double(4, 3.5), int(5, 1), double(6, 5e-324));
    check(!problem && likely, 'it is read');
    same(nodes.map((n) => n.number), [1, 2, 3, 4, 5, 6], 'numbers of fields');
    same(nodes.map((n) => n.wire), ['varint', 'varint', '32 bits', '64 bits', 'varint', '64 bits'], 'wire types');
    same(nodes.map((n) => n.value), ['150', '18446744073709551615', '21.1', '3.5', '1', '1'], 'values');
    same(nodes[0].also, ['zigzag 75'], '150');
    same(nodes[1].also, ['signed -1', 'zigzag -9223372036854775808'], '-1');
    check(nodes[4].also.includes('true'), 'a 1 may be true');
    equal(String(zigzag(3n)), '-2', 'zigzag of 3');
  });
  say('Protobuf: texts, messages within messages, bytes, groups', () => {
    const inner = [...int(1, 7), ...string(2, 'in here')];
    const { nodes } = read(string(1, 'Grüße'), bytes(2, inner), bytes(3, [0xff, 0xfe, 0]), [0x23, ...int(1, 9), 0x24], bytes(5, []));
    same(nodes.map((n) => n.as), ['text', 'message', 'bytes', 'group', 'text'], 'guesses');
    equal(nodes[0].value, '"Grüße"', 'text');
    equal(nodes[1].below[1].value, '"in here"', 'the text within');
    equal(nodes[2].value, 'ff fe 00', 'bytes');
    equal(nodes[3].below[0].value, '9', 'within the group');
    // 0x0a begins a text of two lines as well as a field
    equal(read(bytes(1, [...string(1, 'x'.repeat(40))])).nodes[0].as, 'message', 'a message that could be a text');
    equal(read(string(1, '\nline')).nodes[0].as, 'text', 'a text that cannot be a message');
  });
  say('Protobuf: what is broken is said in a sentence, never thrown', () => {
    const broken = {
      'the end within a number': [0x08, 0x80],
      'the end within bytes': [0x0a, 5, 1],
      'a length of more than there can be': [0x0a, ...varint(-1)],
      'the field 0': [0x00, 1],
      'a wire type that does not exist': [0x0f, 1],
      'a number of 11 bytes': [0x08, ...Array(10).fill(0xff), 1],
      'a group without its end': [0x0b, 0x08, 1],
      'the end of another group': [0x0b, 0x14],
      'an end without a group': [0x0c],
      'groups without end': Array(10_000).fill(0x0b),
    };
    for (const [name, data] of Object.entries(broken)) {
      const found = read(data);
      check(/^[A-Z].+\.$/.test(found.problem ?? ''), `${name}: ${found.problem}`);
      check(!found.likely, `${name} is not likely`);
    }
    const deep = Array.from({ length: 200 }).reduce((below) => bytes(1, below), [8, 0]);
    check(!read(deep).problem, 'messages as deep as you like');
    const { nodes, more } = read(Array.from({ length: 5_000 }, () => int(1, 1)).flat());
    check(nodes.length === 1_000 && more, 'it says when it leaves fields out');
  });
  say('Sparkplug: topics', () => {
    same(topicOf('spBv1.0/G/DDATA/N/D'), { group: 'G', type: 'DDATA', node: 'N', device: 'D' }, 'of a device');
    equal(topicOf('spBv1.0/G/NBIRTH/N').device, undefined, 'of a node');
    for (const other of ['spBv1.0/STATE/host', 'spBv1.0/G/NDATA', 'spBv1.0/G/DDATA/N', 'spBv1.0/G/NDATA/N/D', 'x', undefined])
      equal(topicOf(other), undefined, `${other}`);
  });
  say('Sparkplug: a payload', () => {
    const found = decode(
      payload(
        7,
        metric({ name: 'Temperature', alias: 4, type: 9, timestamp: 1_700_000_000_123 }, float(12, 21.1)),
        metric({ name: 'Gone', type: 10, flags: [7] }),
        metric({ name: 'Late', type: 3, flags: [5, 6] }, int(10, 1)),
      ),
    );
    equal(found.problem, undefined, 'it is read');
    equal(found.timestamp, 1_700_000_000_000, 'time');
    equal(found.seq, 7, 'sequence number');
    const [temperature, gone, late] = found.metrics;
    equal(temperature.value, 21.1, 'a float as it was meant');
    equal(`${temperature.name} ${temperature.alias} ${temperature.type} ${temperature.timestamp}`, 'Temperature 4 Float 1700000000123', 'what else is said');
    equal(gone.value, null, 'null');
    same(late.marks, ['historical', 'transient'], 'marks');
    equal(summary(found), 'Temperature=21.1 Gone=null Late=1', 'in one line');
  });
  say('Sparkplug: values of each type', () => {
    equal(valueOf(1, int(10, 0xff)), -1, 'Int8');
    equal(valueOf(2, int(10, 0x8000)), -32768, 'Int16');
    equal(valueOf(3, int(10, 0xffffffff)), -1, 'Int32');
    equal(valueOf(3, int(10, -5)), -5, 'Int32 in ten bytes');
    equal(valueOf(4, int(11, -2)), -2, 'Int64');
    equal(valueOf(5, int(10, 200)), 200, 'UInt8');
    equal(valueOf(7, int(10, 4294967295)), 4294967295, 'UInt32');
    equal(valueOf(8, int(11, -1)), '18446744073709551615', 'UInt64 that a double cannot say');
    equal(valueOf(10, double(13, -0.5)), -0.5, 'Double');
    equal(valueOf(10, double(13, NaN)), 'NaN', 'no number');
    equal(valueOf(11, int(14, 1)), true, 'Boolean');
    equal(valueOf(12, string(15, 'ä')), 'ä', 'String');
    equal(valueOf(13, int(11, 0)), '1970-01-01T00:00:00.000Z', 'DateTime');
    equal(valueOf(13, int(11, -1n >> 1n)), '1969-12-31T23:59:59.999Z', 'DateTime before');
    equal(valueOf(17, bytes(16, [1, 255])), '01 ff', 'Bytes');
    same(valueOf(22, bytes(16, [1, 255])), [1, -1], 'Int8Array');
    same(valueOf(27, bytes(16, [1, 0, 255, 255])), [1, 65535], 'UInt16Array');
    same(valueOf(25, bytes(16, [254, 255, 255, 255, 255, 255, 255, 255])), [-2], 'Int64Array');
    same(valueOf(30, bytes(16, [0, 0, 0x80, 0x3f])), [1], 'FloatArray');
    same(valueOf(32, bytes(16, [10, 0, 0, 0, 0b10000000, 0b01000000])), [true, ...Array(8).fill(false), true], 'BooleanArray');
    same(valueOf(33, bytes(16, [...UTF8.encode('a\0bc\0')])), ['a', 'bc'], 'StringArray');
  });
  say('Sparkplug: a data set, a template', () => {
    const cell = (...value) => bytes(1, value.flat());
    const set = [int(1, 2), string(2, 'n'), string(2, 't'), int(3, 3), int(3, 12)];
    const row = bytes(4, [...cell(int(1, -3)), ...cell(string(6, 'x'))]);
    same(valueOf(16, bytes(17, [...set.flat(), ...row])), [{ n: -3, t: 'x' }], 'rows by column');
    const found = decode(
      payload(0, metric({ name: 'Pump', type: 19 }, bytes(18, [...metric({ name: 'rpm', type: 3 }, int(10, 900)), ...string(4, 'PumpType')]))),
    );
    same(found.metrics[0].value, { rpm: 900, '(template)': 'PumpType' }, 'members by name');
    equal(numberIn(found, 'Pump.rpm'), 900, 'a number in it');
  });
  say('Sparkplug: names behind aliases, from the birth of the device or of its node', () => {
    const names = new Names();
    const born = (name, alias) => payload(0, metric({ name, alias, type: 3 }, int(10, 0)));
    const data = payload(1, metric({ alias: 4 }, int(10, 0xffffffff)));
    const seen = (topic) => decode(data, names.of(topic)).metrics[0];
    equal(seen('spBv1.0/G/NDATA/N').key, 'alias 4', 'before');
    check(names.learn('spBv1.0/G/NBIRTH/N', born('Speed', 4), true), 'it is learned');
    check(names.learn('spBv1.0/G/DBIRTH/N/D', born('Level', 4), true), 'it is learned');
    equal(seen('spBv1.0/G/NDATA/N').key, 'Speed', 'of the node');
    equal(seen('spBv1.0/G/NDATA/N').value, -1, 'the type comes of the birth');
    equal(seen('spBv1.0/G/DDATA/N/D').key, 'Level', 'of the device');
    equal(seen('spBv1.0/G/DDATA/N/E').key, 'Speed', 'of the node, for a device without its own');
    equal(seen('spBv1.0/G/NDATA/M').key, 'alias 4', 'not of another node');
    check(!names.learn('spBv1.0/G/NBIRTH/N', born('Old', 4), false), 'what is remembered takes nothing away');
    check(!names.learn('spBv1.0/G/NDATA/N', data, true), 'data are no birth');
    names.learn('spBv1.0/G/NBIRTH/N', born('Power', 4), true);
    equal(seen('spBv1.0/G/DDATA/N/D').key, 'Power', 'a birth of the node ends those of its devices');
    const known = decode(data, names.of('spBv1.0/G/NDATA/N'));
    equal(numberIn(known, 'Power'), -1, 'a chart by the name');
    equal(numberIn(known, 'alias 4'), -1, 'a chart that began by the alias');
    equal(numberIn(known, 'Pow'), undefined, 'no other');
  });
  say('Sparkplug: what is broken is said in a sentence, with what was read before', () => {
    const whole = payload(3, metric({ name: 'a', type: 3 }, int(10, 1)), metric({ name: 'b', type: 12 }, string(15, 'xyz')));
    let read = 0;
    for (let length = 1; length < whole.length; length++) {
      const found = decode(whole.subarray(0, length));
      if (found.problem) check(/\.$/.test(found.problem), found.problem);
      read = Math.max(read, found.metrics.length);
    }
    equal(read, 2, 'metrics before the end');
    const wrong = {
      'a metric that is a number': int(2, 5),
      'a name that is a number': bytes(2, int(1, 5)),
      'a float that is a text': bytes(2, string(12, 'x')),
      'an array that does not add up': metric({ name: 'm', type: 24 }, bytes(16, [1, 2, 3])),
      'an array of no truths': metric({ name: 'm', type: 32 }, bytes(16, [255, 255, 255, 255])),
      'JSON': [...UTF8.encode('{"a":1}')],
    };
    for (const [name, data] of Object.entries(wrong)) {
      const found = decode(Uint8Array.from(data));
      check(/^[A-Z].+\.$/.test(found.problem ?? ''), `${name}: ${found.problem}`);
    }
    const deep = Array.from({ length: 60 }).reduce((below) => metric({ name: 't', type: 19 }, bytes(18, below)), []);
    check(decode(Uint8Array.from(deep)).problem?.includes('deep'), 'templates without end');
  });
  say('CSV: no text is a formula, and numbers stay numbers', () => {
    same(['=1+1', '+1', '-1', '@a', '\t=1'].map((text) => csvCell(text)), ["'=1+1", "'+1", "'-1", "'@a", "'\t=1"], 'texts');
    same([csvCell(-1), csvCell('a-1'), csvCell('+AAA', true), csvCell('=a,b')], ['-1', 'a-1', '+AAA', `"'=a,b"`], 'others');
  });
  say('Protobuf, Sparkplug: bytes by chance', () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    let state = seed;
    const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
    const good = payload(3, metric({ name: 'a', alias: 1, type: 33 }, bytes(16, [65, 0])), metric({ name: 'b', type: 16 }, bytes(17, int(1, 1))));
    for (let i = 0; i < 3_000; i++) {
      const data = i % 2 ? Uint8Array.from({ length: next() % 60 }, () => next() >>> 24) : good.slice();
      if (data.length) data[next() % data.length] = next() >>> 24;
      try {
        protobufOf(data);
        summary(decode(data));
      } catch (e) {
        check(false, `SEED=${seed}, turn ${i}: ${e.stack}`);
      }
    }
  });
}
