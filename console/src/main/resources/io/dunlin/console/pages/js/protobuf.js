// @ts-check
/** Protobuf without its schema: the fields as they lie on the wire, and what may be in them. Nothing here throws; what cannot be read becomes a sentence. */
import { textOf } from './values.js';

const DEPTH_MAX = 24;
const FIELDS_MAX = 100_000;
const NODES_MAX = 1000;
const PLAUSIBLE_NUMBER_MAX = 4096;
const HEX_BYTES = 48;
const TWO_63 = 1n << 63n;

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const GROUP = 3;
export const FIXED32 = 5;
const END_GROUP = 4;
const WIRES = ['varint', '64 bits', 'bytes', 'group', 'end of a group', '32 bits'];

/** A field: `bits` of a number, `data` of bytes, `below` of a group; `at` is where it begins. @typedef {{number: number, wire: number, at: number, bits: bigint, data: Uint8Array, below: Field[]}} Field */

/** A field for people: its value, what else the same bits may be, and what is in it. @typedef {{number: number, wire: string, as: string, value: string, also: string[], below?: Node[]}} Node */

const NOTHING = new Uint8Array();

class Malformed extends Error {}

/** @param {{data: Uint8Array, at: number}} from @param {string} what */
function varint(from, what) {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    if (from.at >= from.data.length) throw new Malformed(`the bytes end within ${what}`);
    const next = from.data[from.at++];
    value |= BigInt(next & 0x7f) << BigInt(7 * i);
    if (next < 0x80) {
      if (value >> 64n) break;
      return value;
    }
  }
  throw new Malformed(`${what} has a number of more than 64 bits`);
}

/** @param {{data: Uint8Array, at: number}} from @param {number} length @param {string} what */
function take(from, length, what) {
  if (length > from.data.length - from.at) {
    throw new Malformed(`${what} says it has ${length} bytes, but there are ${from.data.length - from.at}`);
  }
  from.at += length;
  return from.data.subarray(from.at - length, from.at);
}

/** @param {Uint8Array} data little endian */
function bitsOf(data) {
  let bits = 0n;
  for (let i = data.length - 1; i >= 0; i--) bits = (bits << 8n) | BigInt(data[i]);
  return bits;
}

/** @param {{data: Uint8Array, at: number, read: number}} from @param {Field[]} fields that are read go there @param {number} group whose end is looked for, 0 for none @param {number} depth */
function read(from, fields, group, depth) {
  if (depth > DEPTH_MAX) throw new Malformed(`groups lie more than ${DEPTH_MAX} deep`);
  while (from.at < from.data.length) {
    const at = from.at;
    const tag = varint(from, `the tag at byte ${at}`);
    const number = Number(tag >> 3n);
    const wire = Number(tag & 7n);
    if (number === 0 || number > 0x1fffffff) throw new Malformed(`byte ${at} names field ${number}, which cannot be`);
    if (wire > FIXED32) throw new Malformed(`byte ${at} has the wire type ${wire}, which does not exist`);
    if (wire === END_GROUP) {
      if (number !== group) throw new Malformed(`byte ${at} ends the group ${number}, which is not open`);
      return;
    }
    const what = `field ${number} at byte ${at}`;
    /** @type {Field} */
    const field = { number, wire, at, bits: 0n, data: NOTHING, below: [] };
    if (wire === VARINT) field.bits = varint(from, what);
    else if (wire === BYTES) {
      const length = varint(from, what);
      field.data = take(from, length > 0xffffffffn ? Infinity : Number(length), what);
    } else if (wire === GROUP) read(from, field.below, number, depth + 1);
    else field.bits = bitsOf(take(from, wire === FIXED32 ? 4 : 8, what));
    fields.push(field);
    if (++from.read > FIELDS_MAX) throw new Malformed(`there are more than ${FIELDS_MAX} fields`);
  }
  if (group) throw new Malformed(`the bytes end within the group ${group}`);
}

/** The fields of a message; with a problem, those before it. @param {Uint8Array} data @returns {{fields: Field[], problem?: string}} */
export function fieldsOf(data) {
  /** @type {Field[]} */
  const fields = [];
  try {
    read({ data, at: 0, read: 0 }, fields, 0, 0);
    return { fields };
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    return { fields, problem: `${e.message[0].toUpperCase()}${e.message.slice(1)}.` };
  }
}

/** @param {bigint} bits */
export const float = (bits) => {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, Number(BigInt.asUintN(32, bits)));
  return view.getFloat32(0);
};

/** @param {bigint} bits */
export const double = (bits) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt.asUintN(64, bits));
  return view.getFloat64(0);
};

/** @param {bigint} bits */
export const zigzag = (bits) => (bits >> 1n) ^ -(bits & 1n);

/** A float as short as it can be said without becoming another. @param {number} value */
export function shortFloat(value) {
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}

/** @param {Uint8Array} data */
export function hex(data) {
  const shown = [...data.subarray(0, HEX_BYTES)].map((b) => b.toString(16).padStart(2, '0')).join(' ');
  return data.length > HEX_BYTES ? `${shown} … (${data.length} bytes)` : shown;
}

/** Whether a number is one that people would write. @param {number} value */
const sane = (value) => value === 0 || (Math.abs(value) > 1e-12 && Math.abs(value) < 1e15);

/** @param {Field} field @returns {Node} */
function number({ number, wire, bits }) {
  const also = [];
  let value = String(bits);
  let as = 'number';
  if (wire === VARINT) {
    if (bits >= TWO_63) also.push(`signed ${BigInt.asIntN(64, bits)}`);
    also.push(`zigzag ${zigzag(bits)}`);
    if (bits < 2n) also.push(bits ? 'true' : 'false');
  } else {
    const width = wire === FIXED32 ? 32 : 64;
    const real = wire === FIXED32 ? shortFloat(float(bits)) : double(bits);
    const whole = [String(bits), bits >> BigInt(width - 1) ? `signed ${BigInt.asIntN(width, bits)}` : ''].filter(Boolean);
    const name = wire === FIXED32 ? 'float' : 'double';
    if (sane(real)) {
      as = name;
      value = String(real);
      also.push(...whole);
    } else also.push(...whole.slice(1), `${name} ${real}`);
  }
  return { number, wire: WIRES[wire], as, value, also };
}

/** Whether bytes read as a message of fields that somebody may have numbered so. @param {Uint8Array} data */
function message(data) {
  const { fields, problem } = fieldsOf(data);
  return !problem && fields.length > 0 && fields.every((f) => f.number <= PLAUSIBLE_NUMBER_MAX) ? fields : undefined;
}

/** @param {Field[]} fields @param {number} depth @param {{left: number}} room @returns {Node[]} */
function nodes(fields, depth, room) {
  const list = [];
  for (const field of fields) {
    if (--room.left < 0) break;
    list.push(node(field, depth, room));
  }
  return list;
}

/** @param {Field} field @param {number} depth @param {{left: number}} room @returns {Node} */
function node(field, depth, room) {
  const { wire, data } = field;
  const base = { number: field.number, wire: WIRES[wire], also: [] };
  if (wire === GROUP) return { ...base, as: 'group', value: '', below: nodes(field.below, depth + 1, room) };
  if (wire !== BYTES) return number(field);
  const text = textOf(data);
  // a text of many lines may begin with 0x09, 0x0a or 0x0d, which are also tags of the field 1
  const inner = depth < DEPTH_MAX && (text === undefined || /^[\t\n\r]/.test(text)) ? message(data) : undefined;
  if (inner) {
    const also = text === undefined ? [] : [JSON.stringify(text)];
    return { ...base, also, as: 'message', value: '', below: nodes(inner, depth + 1, room) };
  }
  return text === undefined
    ? { ...base, as: 'bytes', value: hex(data) }
    : { ...base, as: 'text', value: JSON.stringify(text) };
}

/**
 * A message for people. `likely` is false where the bytes are probably something else.
 * @param {Uint8Array} data @returns {{nodes: Node[], problem?: string, likely: boolean, more: boolean}}
 */
export function protobufOf(data) {
  const { fields, problem } = fieldsOf(data);
  const room = { left: NODES_MAX };
  const list = nodes(fields, 0, room);
  return { nodes: list, problem, likely: data.length > 1 && message(data) !== undefined, more: room.left < 0 };
}
