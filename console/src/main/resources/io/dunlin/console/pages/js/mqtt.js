// @ts-check
/** A small MQTT 5 client over a WebSocket, for the test client: no reconnecting, no store; it says all that happens. */
import * as packets from './mqtt-packets.js';

const QUIET_MILLIS = 10_000;

/**
 * @typedef {object} Happening
 * @property {'sent'|'received'|'state'|'error'} kind
 * @property {string} what
 * @property {any} [message]
 */

export class Client {
  /** @param {string} address ws:// or wss:// @param {any} options as of packets.connect @param {(happening: Happening) => void} say @param {() => void} changed */
  constructor(address, options, say, changed) {
    this.address = address;
    this.options = options;
    this.say = say;
    this.changed = changed;
    /** idle, connecting, connected, closed */
    this.state = 'connecting';
    this.nextId = 1;
    /** @type {Map<number, {done: (answer: any) => void, failed: (e: Error) => void, what: string}>} */
    this.waiting = new Map();
    /** @type {Map<number, any>} of QoS 2, until PUBREL */
    this.half = new Map();
    /** @type {Map<number, string>} */
    this.aliases = new Map();
    this.rest = new Uint8Array();
    this.connack = /** @type {any} */ (null);
    this.timer = 0;
    try {
      this.socket = new WebSocket(address, ['mqtt']);
    } catch (e) {
      this.state = 'closed';
      say({ kind: 'error', what: `${address} is no address of a WebSocket` });
      changed();
      return;
    }
    this.socket.binaryType = 'arraybuffer';
    this.socket.onopen = () => {
      this.say({ kind: 'sent', what: `CONNECT as ${options.clientId || '(an id that the broker chooses)'}` });
      this.send(packets.connect(options));
      this.timer = window.setTimeout(() => this.end('the broker did not answer the CONNECT'), QUIET_MILLIS);
    };
    this.socket.onmessage = (e) => this.came(new Uint8Array(e.data));
    this.socket.onclose = (e) =>
      this.closed(
        this.state === 'connecting'
          ? `no connection to ${address}: is there a listener of type ws, and does it let this page in?`
          : `the connection ended${e.code && e.code !== 1000 && e.code !== 1005 ? ` (WebSocket ${e.code})` : ''}`,
      );
  }

  send(bytes) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(bytes);
  }

  /** @param {Uint8Array} data */
  came(data) {
    if (this.rest.length) {
      const both = new Uint8Array(this.rest.length + data.length);
      both.set(this.rest);
      both.set(data, this.rest.length);
      data = both;
    }
    try {
      this.rest = packets.split(data, (type, flags, body) => this.took(packets.read(type, flags, body))).slice();
    } catch (e) {
      this.say({ kind: 'error', what: `The broker sent what is no MQTT: ${/** @type {Error} */ (e).message}` });
      this.socket?.close();
    }
  }

  took(p) {
    switch (p.type) {
      case 2: {
        clearTimeout(this.timer);
        this.connack = p;
        if (p.code !== 0) {
          this.say({
            kind: 'error',
            what: `CONNACK: ${packets.reasonText(p.code)}${p.properties.reason ? `, ${p.properties.reason}` : ''}`,
          });
          this.socket?.close();
          return;
        }
        this.state = 'connected';
        this.say({
          kind: 'received',
          what: `CONNACK: session ${p.present ? 'taken up' : 'new'}${p.properties.assignedClientId ? `, client id ${p.properties.assignedClientId}` : ''}`,
        });
        const alive = p.properties.serverKeepAlive ?? this.options.keepAlive;
        if (alive) this.timer = window.setInterval(() => this.send(packets.ping()), alive * 800);
        this.changed();
        return;
      }
      case 3: {
        if (p.properties.topicAlias) {
          if (p.topic) this.aliases.set(p.properties.topicAlias, p.topic);
          else p.topic = this.aliases.get(p.properties.topicAlias) ?? '';
        }
        if (p.qos === 1) this.send(packets.acknowledge(4, p.id));
        if (p.qos === 2) {
          const known = this.half.has(p.id);
          this.half.set(p.id, true);
          this.send(packets.acknowledge(5, p.id));
          if (known) return;
        }
        this.say({ kind: 'received', what: `PUBLISH ${p.topic}`, message: p });
        return;
      }
      case 5:
        if (p.code >= 128) this.answered(p);
        else this.send(packets.acknowledge(6, p.id));
        return;
      case 6:
        this.half.delete(p.id);
        this.send(packets.acknowledge(7, p.id));
        return;
      case 4:
      case 7:
      case 9:
      case 11:
        this.answered(p);
        return;
      case 14:
        this.say({
          kind: 'error',
          what: `DISCONNECT by the broker: ${packets.reasonText(p.code)}${p.properties.reason ? `, ${p.properties.reason}` : ''}`,
        });
        return;
      default:
    }
  }

  answered(p) {
    const one = this.waiting.get(p.id);
    this.waiting.delete(p.id);
    one?.done(p);
  }

  /** @param {(id: number) => Uint8Array} make @param {string} what */
  asked(make, what) {
    if (this.state !== 'connected') return Promise.reject(new Error('The client is not connected.'));
    while (this.waiting.has(this.nextId)) this.nextId = (this.nextId % 65535) + 1;
    const id = this.nextId;
    this.nextId = (this.nextId % 65535) + 1;
    return new Promise((done, failed) => {
      this.waiting.set(id, { done, failed, what });
      this.send(make(id));
    });
  }

  /** @param {any} m as of packets.publish, without id */
  async publish(m) {
    if (this.state !== 'connected') throw new Error('The client is not connected.');
    if (m.qos === 0) {
      this.send(packets.publish(m));
      return { code: 0 };
    }
    return this.asked((id) => packets.publish({ ...m, id }), 'PUBLISH');
  }

  /** @param {any[]} filters @param {any} [properties] */
  subscribe(filters, properties) {
    return this.asked((id) => packets.subscribe(id, filters, properties), 'SUBSCRIBE');
  }

  /** @param {string[]} filters */
  unsubscribe(filters) {
    return this.asked((id) => packets.unsubscribe(id, filters), 'UNSUBSCRIBE');
  }

  /** @param {string} [why] */
  end(why) {
    if (why) this.say({ kind: 'error', what: why });
    this.send(packets.disconnect());
    this.socket?.close();
  }

  closed(why) {
    if (this.state === 'closed') return;
    clearTimeout(this.timer);
    clearInterval(this.timer);
    this.say({ kind: this.state === 'connecting' ? 'error' : 'state', what: why });
    this.state = 'closed';
    for (const one of this.waiting.values())
      one.failed(new Error(`The connection ended before the answer to ${one.what} came.`));
    this.waiting.clear();
    this.changed();
  }
}
