// @ts-check
/** The properties of MQTT 5 by their names. */
import { h } from '../dom.js';
import { Facts } from '../ui.js';

export const PROPERTY_NAMES = /** @type {Record<string, string>} */ ({
  payloadFormat: 'Payload is text',
  messageExpiry: 'Message expiry (s)',
  contentType: 'Content type',
  responseTopic: 'Response topic',
  correlationData: 'Correlation data',
  subscriptionId: 'Subscription identifier',
  sessionExpiry: 'Session expiry (s)',
  serverKeepAlive: 'Keep alive of the server (s)',
  responseInformation: 'Response information',
  serverReference: 'Other server',
  reason: 'Reason',
  receiveMaximum: 'Receive maximum',
  topicAliasMaximum: 'Topic alias maximum',
  topicAlias: 'Topic alias',
  maximumQos: 'Maximum QoS',
  retainAvailable: 'Retain available',
  maximumPacketSize: 'Maximum packet size',
  wildcardAvailable: 'Wildcards available',
  subscriptionIdAvailable: 'Subscription identifiers available',
  sharedAvailable: 'Shared subscriptions available',
});

/** @param {any} p */
export function properties(p) {
  const items = Object.entries(p ?? {}).flatMap(([k, v]) =>
    k === 'user'
      ? /** @type {any[]} */ (v).map(([a, b]) => [a, b])
      : [[PROPERTY_NAMES[k] ?? k, v instanceof Uint8Array ? new TextDecoder().decode(v) : String(v)]],
  );
  return items.length ? h(Facts, { wide: true, items }) : null;
}
