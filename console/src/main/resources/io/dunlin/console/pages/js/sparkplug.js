// @ts-check
/**
 * Sparkplug B: the message Payload of org.eclipse.tahu (Sparkplug 3.0, section 6.4), and the names behind aliases, which only
 * births say. Nothing here throws: with a problem there is what could be read before it. Draws nothing.
 */
import { BYTES, FIXED32, FIXED64, VARINT, double, fieldsOf, float, hex, shortFloat } from './protobuf.js';
import { numbers } from './values.js';

const DEPTH_MAX = 12;
const METRICS_MAX = 20_000;
const ROWS_MAX = 200;
const BIRTHS_MAX = 1_000;
const UTF8 = new TextDecoder();

// prettier-ignore
const TYPES = [
  'Unknown', 'Int8', 'Int16', 'Int32', 'Int64', 'UInt8', 'UInt16', 'UInt32', 'UInt64', 'Float', 'Double', 'Boolean', 'String',
  'DateTime', 'Text', 'UUID', 'DataSet', 'Bytes', 'File', 'Template', 'PropertySet', 'PropertySetList', 'Int8Array', 'Int16Array',
  'Int32Array', 'Int64Array', 'UInt8Array', 'UInt16Array', 'UInt32Array', 'UInt64Array', 'FloatArray', 'DoubleArray',
  'BooleanArray', 'StringArray', 'DateTimeArray',
];
const UNKNOWN = 0;
const DATE_TIME = 13;

/** @typedef {import('./protobuf.js').Field} Field */
/** What a birth says of an alias. @typedef {{name?: string, datatype: number}} Known */
/** @typedef {(alias: string) => Known | undefined} Lookup */

/**
 * A metric: `key` names it, by its alias where its name is not known; `value` is what JSON can say.
 * @typedef {{name?: string, alias?: string, key: string, type: string, datatype: number, timestamp?: number, value: any, marks: string[], properties?: any}} Metric
 */
/** @typedef {{timestamp?: number, seq?: number, uuid?: string, body?: string, metrics: Metric[], problem?: string}} Payload */

class Malformed extends Error {}

/** The parts of a topic of Sparkplug whose payload is one; undefined for others, also for STATE, which is JSON. @param {string | undefined} topic */
export function topicOf(topic) {
  const found = /^spBv1\.0\/([^/]+)\/([ND](?:BIRTH|DEATH|DATA|CMD))\/([^/]+)(?:\/(.+))?$/.exec(topic ?? '');
  if (!found || (found[2][0] === 'D') !== (found[4] !== undefined)) return undefined;
  return { group: found[1], type: found[2], node: found[3], device: found[4] };
}

const where = (/** @type {{group: string, node: string, device?: string}} */ t) =>
  [t.group, t.node, ...(t.device === undefined ? [] : [t.device])].join('/');

/** What the births that were seen say of aliases: of a device, else of its node. */
export class Names {
  /** @type {Map<string, Map<string, Known>>} */
  #births = new Map();

  /**
   * Learns from a birth; says whether it did.
   * @param {string} topic @param {Uint8Array} data @param {boolean} isNew whether it is younger than all that was learned; else it only fills gaps
   */
  learn(topic, data, isNew) {
    const it = topicOf(topic);
    if (!it?.type.endsWith('BIRTH')) return false;
    const key = where(it);
    if (!isNew && this.#births.has(key)) return false;
    // the devices of a node are born anew after it
    if (isNew && it.type === 'NBIRTH')
      for (const one of [...this.#births.keys()]) if (one.startsWith(`${key}/`)) this.#births.delete(one);
    const known = new Map();
    for (const m of decode(data).metrics)
      if (m.alias !== undefined && m.name !== undefined) known.set(m.alias, { name: m.name, datatype: m.datatype });
    this.#births.delete(key);
    this.#births.set(key, known);
    if (this.#births.size > BIRTHS_MAX) this.#births.delete(this.#births.keys().next().value ?? '');
    return true;
  }

  /** For the metrics of a topic. @param {string} topic @returns {Lookup} */
  of(topic) {
    const it = topicOf(topic);
    if (!it) return () => undefined;
    const device = this.#births.get(where(it));
    const node = this.#births.get(where({ ...it, device: undefined }));
    return (alias) => device?.get(alias) ?? node?.get(alias);
  }
}

/** @param {Uint8Array} data @param {string} what @param {(field: Field) => void} use */
function each(data, what, use) {
  const { fields, problem } = fieldsOf(data);
  fields.forEach(use);
  if (problem) throw new Malformed(`${what}: ${problem}`);
}

/** @param {Field} field @param {number} wire @param {string} what */
function as(field, wire, what) {
  if (field.wire !== wire) throw new Malformed(`${what} at byte ${field.at} has the wire type ${field.wire}, not ${wire}.`);
  return field;
}

const text = (/** @type {Field} */ f, /** @type {string} */ what) => UTF8.decode(as(f, BYTES, what).data);
const bits = (/** @type {Field} */ f, /** @type {string} */ what) => as(f, VARINT, what).bits;

/** A number where it is exact, else its digits. @param {bigint} value */
const plain = (value) =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);

/** JSON knows no NaN. @param {number} value */
const real = (value) => (Number.isFinite(value) ? value : String(value));

/** @param {bigint} millis */
function time(millis) {
  const date = new Date(Number(BigInt.asIntN(64, millis)));
  return Number.isNaN(date.getTime()) ? String(millis) : date.toISOString();
}

/** Widths of whole numbers by their type: Int8 to Int64, UInt8 to UInt64. @param {number} type */
const width = (type) => 8 << ((type - 1) % 4);

/** A whole number of a type. @param {bigint} value @param {number} type @param {number} otherwise its bits where the type says none */
function whole(value, type, otherwise) {
  if (type === DATE_TIME) return time(value);
  if (type >= 1 && type <= 4) return plain(BigInt.asIntN(width(type), value));
  return plain(BigInt.asUintN(type >= 5 && type <= 8 ? width(type) : otherwise, value));
}

/** The value of one of the fields int, long, float, double, boolean, string, in this order; undefined for another. @param {Field} field @param {number} first the number of int @param {number} type @param {string} what */
function scalar(field, first, type, what) {
  switch (field.number - first) {
    case 0:
      return whole(bits(field, what), type, 32);
    case 1:
      return whole(bits(field, what), type, 64);
    case 2:
      return real(shortFloat(float(as(field, FIXED32, what).bits)));
    case 3:
      return real(double(as(field, FIXED64, what).bits));
    case 4:
      return bits(field, what) !== 0n;
    case 5:
      return text(field, what);
    default:
      return undefined;
  }
}

/** What the types 22 to 34 keep in bytes, little endian. @param {Uint8Array} data @param {number} type */
function array(data, type) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const name = TYPES[type];
  const list = (/** @type {number} */ size, /** @type {(at: number) => any} */ take) => {
    if (data.length % size) throw new Malformed(`A ${name} has ${data.length} bytes, which ${size} does not divide.`);
    return Array.from({ length: data.length / size }, (_, i) => take(i * size));
  };
  switch (name) {
    case 'FloatArray':
      return list(4, (at) => real(shortFloat(view.getFloat32(at, true))));
    case 'DoubleArray':
      return list(8, (at) => real(view.getFloat64(at, true)));
    case 'DateTimeArray':
      return list(8, (at) => time(view.getBigUint64(at, true)));
    case 'StringArray':
      return UTF8.decode(data).replace(/\0$/, '').split('\0');
    case 'BooleanArray': {
      const length = data.length < 4 ? 0 : view.getUint32(0, true);
      if (data.length < 4 || Math.ceil(length / 8) !== data.length - 4)
        throw new Malformed(`A BooleanArray of ${length} has ${data.length} bytes.`);
      return Array.from({ length }, (_, i) => (data[4 + (i >> 3)] & (0x80 >> (i & 7))) !== 0);
    }
    default: {
      const scalarType = type - 21;
      const size = width(scalarType) / 8;
      return list(size, (at) => {
        let value = 0n;
        for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(data[at + i]);
        return whole(value, scalarType, 64);
      });
    }
  }
}

/** A data set as rows by the names of its columns. @param {Uint8Array} data */
function dataSet(data) {
  /** @type {string[]} */ const columns = [];
  /** @type {number[]} */ const types = [];
  /** @type {Uint8Array[]} */ const rows = [];
  each(data, 'A data set', (f) => {
    if (f.number === 2) columns.push(text(f, 'A column'));
    else if (f.number === 3 && f.wire === BYTES) types.push(...f.data);
    else if (f.number === 3) types.push(Number(bits(f, 'A type')));
    else if (f.number === 4) rows.push(as(f, BYTES, 'A row').data);
  });
  const list = rows.slice(0, ROWS_MAX).map((row) => {
    const cells = Object.create(null);
    let i = 0;
    each(row, 'A row', (f) => {
      if (f.number !== 1) return;
      const at = i++;
      let value = null;
      each(as(f, BYTES, 'A cell').data, 'A cell', (v) => {
        value = scalar(v, 1, types[at] ?? UNKNOWN, 'A cell') ?? value;
      });
      cells[columns[at] ?? String(at)] = value;
    });
    return cells;
  });
  return rows.length > ROWS_MAX ? [...list, `… ${rows.length - ROWS_MAX} more rows`] : list;
}

/** A template as its members by name. @param {Uint8Array} data @param {Lookup} known @param {number} depth */
function template(data, known, depth) {
  if (depth > DEPTH_MAX) throw new Malformed(`Templates lie more than ${DEPTH_MAX} deep.`);
  const members = Object.create(null);
  each(data, 'A template', (f) => {
    if (f.number === 1) members['(version)'] = text(f, 'A version');
    else if (f.number === 2) {
      const m = metric(as(f, BYTES, 'A member').data, known, depth + 1);
      members[m.key] = m.value;
    } else if (f.number === 3) {
      const [name, value] = parameter(as(f, BYTES, 'A parameter').data);
      members[`(${name})`] = value;
    } else if (f.number === 4) members['(template)'] = text(f, 'The name of a template');
  });
  return members;
}

/** @param {Uint8Array} data @returns {[string, any]} */
function parameter(data) {
  let name = '';
  let type = UNKNOWN;
  /** @type {any} */ let value = null;
  each(data, 'A parameter', (f) => {
    if (f.number === 1) name = text(f, 'The name of a parameter');
    else if (f.number === 2) type = Number(bits(f, 'The type of a parameter'));
    else value = scalar(f, 3, type, 'A parameter') ?? value;
  });
  return [name, value];
}

/** Properties by their keys; sets within sets are told by name alone. @param {Uint8Array} data */
function propertySet(data) {
  /** @type {string[]} */ const keys = [];
  /** @type {any[]} */ const values = [];
  each(data, 'Properties', (f) => {
    if (f.number === 1) keys.push(text(f, 'The key of a property'));
    else if (f.number === 2) {
      let type = UNKNOWN;
      /** @type {any} */ let value = null;
      each(as(f, BYTES, 'A property').data, 'A property', (v) => {
        if (v.number === 1) type = Number(bits(v, 'The type of a property'));
        else if (v.number === 9 || v.number === 10) value = '{…}';
        else value = scalar(v, 3, type, 'A property') ?? value;
      });
      values.push(value);
    }
  });
  return Object.fromEntries(keys.map((key, i) => [key, values[i] ?? null]));
}

const MARKS = new Map([
  [5, 'historical'],
  [6, 'transient'],
  [7, 'null'],
]);

/** @param {Uint8Array} data @param {Lookup} known @param {number} depth @returns {Metric} */
function metric(data, known, depth) {
  /** @type {Metric} */
  const m = { key: '', type: '', datatype: UNKNOWN, value: null, marks: [] };
  /** @type {Field[]} */ const said = [];
  each(data, 'A metric', (f) => {
    if (f.number === 1) m.name = text(f, 'The name of a metric');
    else if (f.number === 2) m.alias = String(bits(f, 'An alias'));
    else if (f.number === 3) m.timestamp = Number(bits(f, 'The time of a metric'));
    else if (f.number === 4) m.datatype = Number(bits(f, 'The type of a metric'));
    else if (MARKS.has(f.number)) {
      if (bits(f, 'A mark')) m.marks.push(MARKS.get(f.number) ?? '');
    } else if (f.number === 9) m.properties = propertySet(as(f, BYTES, 'Properties').data);
    else if (f.number >= 10 && f.number <= 18) said.push(f);
  });
  const birth = m.alias === undefined ? undefined : known(m.alias);
  m.name ??= birth?.name;
  m.datatype ||= birth?.datatype ?? UNKNOWN;
  m.type = TYPES[m.datatype] ?? String(m.datatype);
  m.key = m.name ?? (m.alias === undefined ? '(no name)' : `alias ${m.alias}`);
  const last = said.at(-1);
  if (last && !m.marks.includes('null')) m.value = value(last, m.datatype, known, depth, m.key);
  return m;
}

/** @param {Field} f @param {number} type @param {Lookup} known @param {number} depth @param {string} name @returns {any} */
function value(f, type, known, depth, name) {
  const what = `The value of ${name}`;
  if (f.number <= 15) return scalar(f, 10, type, what);
  const { data } = as(f, BYTES, what);
  if (f.number === 17) return dataSet(data);
  if (f.number === 18) return template(data, known, depth);
  return type >= 22 && type <= 34 ? array(data, type) : hex(data);
}

/** A payload, with the names that are known of its aliases. @param {Uint8Array} data @param {Lookup} [known] @returns {Payload} */
export function decode(data, known = () => undefined) {
  /** @type {Payload} */
  const payload = { metrics: [] };
  try {
    each(data, 'The payload', (f) => {
      if (f.number === 1) payload.timestamp = Number(bits(f, 'The time'));
      else if (f.number === 2) {
        if (payload.metrics.length >= METRICS_MAX) throw new Malformed(`There are more than ${METRICS_MAX} metrics.`);
        payload.metrics.push(metric(as(f, BYTES, 'A metric').data, known, 0));
      } else if (f.number === 3) payload.seq = Number(bits(f, 'The sequence number'));
      else if (f.number === 4) payload.uuid = text(f, 'The UUID');
      else if (f.number === 5) payload.body = hex(as(f, BYTES, 'The body').data);
    });
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    payload.problem = e.message;
  }
  return payload;
}

/** The number at a path, which begins with the name of a metric or with its alias; the last that is not of the past. @param {Payload} payload @param {string} path @returns {number | undefined} */
export function numberIn(payload, path) {
  let found;
  for (const m of payload.metrics) {
    if (m.marks.includes('historical')) continue;
    for (const key of m.alias === undefined ? [m.key] : [m.key, `alias ${m.alias}`])
      if (path.startsWith(key)) found = numbers(m.value, key).get(path) ?? found;
  }
  return found;
}

/** A payload in one line. @param {Payload} payload */
export function summary(payload) {
  const metrics = payload.metrics.map((m) => `${m.key}=${JSON.stringify(m.value)}`);
  return metrics.length ? metrics.join(' ') : payload.seq === undefined ? 'no metrics' : `seq ${payload.seq}, no metrics`;
}
