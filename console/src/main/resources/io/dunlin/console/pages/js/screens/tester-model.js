// @ts-check
/** What a tab of the test client holds, and what becomes of what is typed into it. */
import { signal } from '../dom.js';
import { recall, remember } from '../prefs.js';
import { command } from '../commands.js';

let tabs = 0;

/** A client of its own; the connections live as long as the page, whichever screen is shown. */
export function newTab() {
  const id = ++tabs;
  return {
    id,
    name: `client ${id}`,
    changed: signal(0),
    /** @type {import('../mqtt.js').Client | null} */ client: null,
    connect: {
      address: '',
      clientId: `console-${Math.random().toString(36).slice(2, 8)}`,
      username: '',
      password: '',
      cleanStart: true,
      keepAlive: 60,
      sessionExpiry: '',
      receiveMaximum: '',
      maximumPacketSize: '',
      topicAliasMaximum: '',
      requestResponse: false,
      requestProblem: true,
      authMethod: '',
      user: '',
      will: false,
      willTopic: '',
      willPayload: '',
      willQos: '0',
      willRetain: false,
      willDelay: '',
      willExpiry: '',
      willContentType: '',
      willFormat: false,
      willResponseTopic: '',
      willUser: '',
    },
    publish: {
      topic: 'test/hello',
      payload: '{"temperature": {{random 18 24}}, "at": "{{now}}", "n": {{n}}}',
      format: 'text',
      qos: '0',
      retain: false,
      messageExpiry: '',
      contentType: '',
      payloadFormat: false,
      responseTopic: '',
      correlationData: '',
      topicAlias: '',
      user: '',
      every: '',
      times: '',
    },
    subscribe: { filter: '#', qos: '0', noLocal: false, rap: true, rh: '0', subscriptionId: '', user: '' },
    /** @type {any[]} */ filters: [],
    /** @type {any[]} */ log: [],
    received: 0,
    sent: 0,
    timer: 0,
    n: 0,
  };
}

/** @type {ReturnType<typeof newTab>[]} */
export const all = [newTab()];
export const tabsChanged = signal(0);
export const snippets = signal(recall('snippets', []));
snippets.watch((v) => remember('snippets', v));

/** Lines `name: value` as user properties. @param {string} text */
export function pairs(text) {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line) => {
      const at = line.indexOf(':');
      return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    });
}

/** Fills in {{now}}, {{millis}}, {{n}}, {{uuid}}, {{random LOW HIGH}}, {{choose a b c}}. @param {string} text @param {number} n */
export function fill(text, n) {
  return text.replace(/\{\{\s*(\w+)\s*([^}]*)\}\}/g, (whole, word, rest) => {
    const words = rest.trim().split(/\s+/).filter(Boolean);
    switch (word) {
      case 'now':
        return new Date().toISOString();
      case 'millis':
        return String(Date.now());
      case 'n':
        return String(n);
      case 'uuid':
        return crypto.randomUUID ? crypto.randomUUID() : `${Date.now().toString(16)}-${n}`;
      case 'random': {
        const [low, high] = [Number(words[0] ?? 0), Number(words[1] ?? 1)];
        return Number.isFinite(low) && Number.isFinite(high)
          ? String(Number((low + Math.random() * (high - low)).toFixed(2)))
          : whole;
      }
      case 'choose':
        return words[Math.floor(Math.random() * words.length)] ?? '';
      default:
        return whole;
    }
  });
}

/** @param {string} text @param {string} format */
export function toBytes(text, format) {
  if (format === 'hex') {
    const clean = text.replace(/\s+/g, '');
    if (!/^([0-9a-fA-F]{2})*$/.test(clean))
      throw new Error('The payload is no hexadecimal: expected are pairs of 0-9 and a-f.');
    return new Uint8Array((clean.match(/../g) ?? []).map((b) => parseInt(b, 16)));
  }
  if (format === 'base64') {
    try {
      return Uint8Array.from(atob(text.trim()), (c) => c.charCodeAt(0));
    } catch {
      throw new Error('The payload is no base64.');
    }
  }
  return new TextEncoder().encode(text);
}

export const utf8 = (/** @type {string} */ text) => (text ? new TextEncoder().encode(text) : undefined);

/** @param {any} tab */
export function stopTimed(tab) {
  clearInterval(tab.timer);
  tab.timer = 0;
}

/** The command that publishes the same, where the payload is text: others cannot be words. @param {any} p */
export function publishes(p) {
  if (p.format !== 'text') return undefined;
  const { topic, retain, contentType, responseTopic, correlationData, messageExpiry, payloadFormat } = p;
  return command('publish', {
    topic,
    payload: p.payload,
    nothing: p.payload === '',
    qos: p.qos === '0' ? '' : p.qos,
    retain,
    contentType,
    responseTopic,
    correlationData,
    messageExpiry,
    payloadFormat,
    user: pairs(p.user),
  });
}
