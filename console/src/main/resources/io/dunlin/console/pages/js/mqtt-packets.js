// @ts-check
/** The packets of MQTT 5 as bytes. */

const UTF8 = new TextEncoder();
const TEXT = new TextDecoder();

/**
 * Properties by name: number, kind.
 * @type {Record<string, [number, string]>}
 */
export const PROPERTIES = {
  payloadFormat: [1, 'byte'],
  messageExpiry: [2, 'four'],
  contentType: [3, 'text'],
  responseTopic: [8, 'text'],
  correlationData: [9, 'bytes'],
  subscriptionId: [11, 'varint'],
  sessionExpiry: [17, 'four'],
  assignedClientId: [18, 'text'],
  serverKeepAlive: [19, 'two'],
  authMethod: [21, 'text'],
  authData: [22, 'bytes'],
  requestProblem: [23, 'byte'],
  willDelay: [24, 'four'],
  requestResponse: [25, 'byte'],
  responseInformation: [26, 'text'],
  serverReference: [28, 'text'],
  reason: [31, 'text'],
  receiveMaximum: [33, 'two'],
  topicAliasMaximum: [34, 'two'],
  topicAlias: [35, 'two'],
  maximumQos: [36, 'byte'],
  retainAvailable: [37, 'byte'],
  user: [38, 'pair'],
  maximumPacketSize: [39, 'four'],
  wildcardAvailable: [40, 'byte'],
  subscriptionIdAvailable: [41, 'byte'],
  sharedAvailable: [42, 'byte'],
};
const BY_NUMBER = new Map(Object.entries(PROPERTIES).map(([name, [number, kind]]) => [number, { name, kind }]));

/** What reason codes mean. @type {Record<number, string>} */
export const REASONS = {
  0: 'success',
  1: 'granted QoS 1',
  2: 'granted QoS 2',
  4: 'disconnect with will message',
  16: 'no matching subscribers',
  17: 'no subscription existed',
  24: 'continue authentication',
  25: 're-authenticate',
  128: 'unspecified error',
  129: 'malformed packet',
  130: 'protocol error',
  131: 'implementation specific error',
  132: 'unsupported protocol version',
  133: 'client identifier not valid',
  134: 'bad user name or password',
  135: 'not authorized',
  136: 'server unavailable',
  137: 'server busy',
  138: 'banned',
  139: 'server shutting down',
  140: 'bad authentication method',
  141: 'keep alive timeout',
  142: 'session taken over',
  143: 'topic filter invalid',
  144: 'topic name invalid',
  145: 'packet identifier in use',
  146: 'packet identifier not found',
  147: 'receive maximum exceeded',
  148: 'topic alias invalid',
  149: 'packet too large',
  150: 'message rate too high',
  151: 'quota exceeded',
  152: 'administrative action',
  153: 'payload format invalid',
  154: 'retain not supported',
  155: 'QoS not supported',
  156: 'use another server',
  157: 'server moved',
  158: 'shared subscriptions not supported',
  159: 'connection rate exceeded',
  160: 'maximum connect time',
  161: 'subscription identifiers not supported',
  162: 'wildcard subscriptions not supported',
};

/** @param {number} code */
export const reasonText = (code) => `${REASONS[code] ?? 'unknown'} (${code})`;

class Writer {
  constructor() {
    /** @type {number[]} */
    this.out = [];
  }
  byte(n) {
    this.out.push(n & 255);
    return this;
  }
  two(n) {
    return this.byte(n >> 8).byte(n);
  }
  four(n) {
    return this.byte(n / 16777216)
      .byte(n >> 16)
      .byte(n >> 8)
      .byte(n);
  }
  varint(n) {
    do {
      const digit = n % 128;
      n = Math.floor(n / 128);
      this.byte(n > 0 ? digit | 128 : digit);
    } while (n > 0);
    return this;
  }
  raw(data) {
    for (const b of data) this.out.push(b);
    return this;
  }
  bytes(data) {
    return this.two(data.length).raw(data);
  }
  text(s) {
    return this.bytes(UTF8.encode(s));
  }
  /** @param {Record<string, any>} [properties] what is undefined or empty is left out */
  properties(properties = {}) {
    const w = new Writer();
    for (const [name, value] of Object.entries(properties)) {
      if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0))
        continue;
      const [number, kind] = PROPERTIES[name];
      if (kind === 'pair') {
        for (const [k, v] of value) w.byte(number).text(k).text(v);
      } else {
        w.byte(number);
        w[kind](kind === 'text' || kind === 'bytes' ? value : Number(value));
      }
    }
    return this.varint(w.out.length).raw(w.out);
  }
  /** @param {number} type @param {number} [flags] */
  packet(type, flags = 0) {
    return new Uint8Array(
      new Writer()
        .byte((type << 4) | flags)
        .varint(this.out.length)
        .raw(this.out).out,
    );
  }
}

/** @param {{clientId: string, username?: string, password?: string, cleanStart: boolean, keepAlive: number, properties?: any, will?: any}} c */
export function connect(c) {
  const flags =
    (c.cleanStart ? 2 : 0) |
    (c.will ? 4 | (c.will.qos << 3) | (c.will.retain ? 32 : 0) : 0) |
    (c.password ? 64 : 0) |
    (c.username ? 128 : 0);
  const w = new Writer().text('MQTT').byte(5).byte(flags).two(c.keepAlive).properties(c.properties).text(c.clientId);
  if (c.will) w.properties(c.will.properties).text(c.will.topic).bytes(c.will.payload);
  if (c.username) w.text(c.username);
  if (c.password) w.text(c.password);
  return w.packet(1);
}

/** @param {{topic: string, payload: Uint8Array, qos: number, retain: boolean, dup?: boolean, id?: number, properties?: any}} m */
export function publish(m) {
  const w = new Writer().text(m.topic);
  if (m.qos > 0) w.two(m.id);
  return w
    .properties(m.properties)
    .raw(m.payload)
    .packet(3, (m.dup ? 8 : 0) | (m.qos << 1) | (m.retain ? 1 : 0));
}

/** PUBACK 4, PUBREC 5, PUBREL 6, PUBCOMP 7. @param {number} type @param {number} id */
export const acknowledge = (type, id) => new Writer().two(id).packet(type, type === 6 ? 2 : 0);

/** @param {number} id @param {{filter: string, qos: number, noLocal: boolean, rap: boolean, rh: number}[]} filters @param {any} [properties] */
export function subscribe(id, filters, properties) {
  const w = new Writer().two(id).properties(properties);
  for (const f of filters) w.text(f.filter).byte(f.qos | (f.noLocal ? 4 : 0) | (f.rap ? 8 : 0) | (f.rh << 4));
  return w.packet(8, 2);
}

/** @param {number} id @param {string[]} filters */
export function unsubscribe(id, filters) {
  const w = new Writer().two(id).properties();
  for (const f of filters) w.text(f);
  return w.packet(10, 2);
}

export const ping = () => new Writer().packet(12);

/** @param {number} [code] */
export const disconnect = (code = 0) => (code ? new Writer().byte(code).properties() : new Writer()).packet(14);

class Reader {
  /** @param {Uint8Array} data */
  constructor(data) {
    this.data = data;
    this.at = 0;
  }
  get left() {
    return this.data.length - this.at;
  }
  byte() {
    if (this.at >= this.data.length) throw new Error('the packet ends too early');
    return this.data[this.at++];
  }
  two() {
    return this.byte() * 256 + this.byte();
  }
  four() {
    return this.two() * 65536 + this.two();
  }
  varint() {
    let value = 0;
    for (let i = 0, factor = 1; i < 4; i++, factor *= 128) {
      const digit = this.byte();
      value += (digit & 127) * factor;
      if (digit < 128) return value;
    }
    throw new Error('a length has more than four digits');
  }
  raw(n) {
    if (n > this.left) throw new Error('the packet ends too early');
    const part = this.data.subarray(this.at, this.at + n);
    this.at += n;
    return part;
  }
  bytes() {
    return this.raw(this.two());
  }
  text() {
    return TEXT.decode(this.bytes());
  }
  properties() {
    /** @type {Record<string, any>} */
    const out = {};
    if (this.left === 0) return out;
    const length = this.varint();
    const end = this.at + length;
    while (this.at < end) {
      const known = BY_NUMBER.get(this.varint());
      if (!known) throw new Error('an unknown property');
      if (known.kind === 'pair') (out[known.name] ??= []).push([this.text(), this.text()]);
      else if (known.name === 'subscriptionId') (out[known.name] ??= []).push(this.varint());
      else out[known.name] = this[known.kind]();
    }
    return out;
  }
}

/** Takes whole packets out of what has come; gives the rest. @param {Uint8Array} data @param {(type: number, flags: number, body: Uint8Array) => void} take */
export function split(data, take) {
  let at = 0;
  while (data.length - at >= 2) {
    let length = 0;
    let digits = 1;
    for (let factor = 1; ; digits++, factor *= 128) {
      if (at + digits >= data.length) return data.subarray(at);
      if (digits > 4) throw new Error('a length has more than four digits');
      const digit = data[at + digits];
      length += (digit & 127) * factor;
      if (digit < 128) break;
    }
    const begin = at + digits + 1;
    if (begin + length > data.length) return data.subarray(at);
    take(data[at] >> 4, data[at] & 15, data.subarray(begin, begin + length));
    at = begin + length;
  }
  return data.subarray(at);
}

/** Reads what servers send. @param {number} type @param {number} flags @param {Uint8Array} body @returns {any} */
export function read(type, flags, body) {
  const r = new Reader(body);
  switch (type) {
    case 2:
      return { type, present: (r.byte() & 1) === 1, code: r.byte(), properties: r.properties() };
    case 3: {
      const topic = r.text();
      const qos = (flags >> 1) & 3;
      const id = qos ? r.two() : undefined;
      const properties = r.properties();
      return {
        type,
        topic,
        qos,
        id,
        retain: (flags & 1) === 1,
        dup: (flags & 8) === 8,
        properties,
        payload: r.raw(r.left).slice(),
      };
    }
    case 4:
    case 5:
    case 6:
    case 7:
      return { type, id: r.two(), code: r.left ? r.byte() : 0, properties: r.properties() };
    case 9:
    case 11:
      return { type, id: r.two(), properties: r.properties(), codes: [...r.raw(r.left)] };
    case 13:
      return { type };
    case 14:
    case 15:
      return { type, code: r.left ? r.byte() : 0, properties: r.properties() };
    default:
      throw new Error(`a packet of type ${type}, which servers do not send`);
  }
}
