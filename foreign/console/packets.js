// The page's own MQTT 5 packets against those of mqtt-packet.
import mqttPacket from 'mqtt-packet';
import { check, equal } from './harness.js';

const MODULE = '../../console/src/main/resources/io/dunlin/console/pages/js/mqtt-packets.js';

function parsed(bytes) {
  const parser = mqttPacket.parser({ protocolVersion: 5 });
  let found;
  parser.on('packet', (packet) => {
    found = packet;
  });
  parser.parse(Buffer.from(bytes));
  check(found, 'the other side understands it');
  return found;
}

export async function packets(harness) {
  const ours = await import(MODULE);
  const say = (name, run) => {
    try {
      run();
      harness.say(true, `packets: ${name}`);
    } catch (e) {
      harness.say(false, `packets: ${name}`, e.message);
    }
  };
  say('CONNECT with a will and properties', () => {
    const p = parsed(
      ours.connect({
        clientId: 'ä-1',
        username: 'me',
        password: 'pw',
        cleanStart: true,
        keepAlive: 300,
        properties: { sessionExpiry: '4294967295', receiveMaximum: 10, authMethod: '', user: [['a', 'b']] },
        will: {
          topic: 'w',
          payload: new Uint8Array([1, 2]),
          qos: 2,
          retain: true,
          properties: { willDelay: 5, payloadFormat: 1 },
        },
      }),
    );
    equal(p.clientId, 'ä-1', 'client id');
    equal(p.username, 'me', 'user');
    equal(String(p.password), 'pw', 'password');
    equal(p.keepalive, 300, 'keep alive');
    equal(p.properties.sessionExpiryInterval, 4294967295, 'expiry');
    equal(p.properties.userProperties.a, 'b', 'user property');
    equal(p.will.qos, 2, 'QoS of the will');
    equal(p.will.properties.willDelayInterval, 5, 'delay of the will');
    check(p.will.retain && p.clean, 'flags');
  });
  say('PUBLISH of 20,000 bytes with properties', () => {
    const p = parsed(
      ours.publish({
        topic: 'a/b',
        payload: new Uint8Array(20_000).fill(7),
        qos: 1,
        id: 40_000,
        retain: true,
        properties: {
          messageExpiry: 60,
          contentType: 'x',
          correlationData: new Uint8Array([9]),
          topicAlias: 3,
          user: [['k', 'v']],
        },
      }),
    );
    equal(p.payload.length, 20_000, 'payload');
    equal(p.messageId, 40_000, 'identifier');
    equal(p.properties.topicAlias, 3, 'alias');
    equal(p.properties.correlationData[0], 9, 'correlation data');
  });
  say('SUBSCRIBE, UNSUBSCRIBE, acknowledgements, PINGREQ, DISCONNECT', () => {
    const s = parsed(
      ours.subscribe(7, [{ filter: 'a/+', qos: 2, noLocal: true, rap: true, rh: 1 }], { subscriptionId: 300 }),
    );
    equal(s.subscriptions[0].topic, 'a/+', 'filter');
    equal(s.subscriptions[0].qos, 2, 'QoS');
    check(s.subscriptions[0].nl && s.subscriptions[0].rap, 'options');
    equal(s.subscriptions[0].rh, 1, 'retain handling');
    equal(s.properties.subscriptionIdentifier, 300, 'subscription identifier');
    equal(parsed(ours.unsubscribe(8, ['x'])).unsubscriptions[0], 'x', 'unsubscribe');
    equal(parsed(ours.acknowledge(6, 9)).cmd, 'pubrel', 'pubrel');
    equal(parsed(ours.ping()).cmd, 'pingreq', 'ping');
    equal(parsed(ours.disconnect(4)).reasonCode, 4, 'disconnect');
  });
  say('what servers send, whole and in pieces', () => {
    const sent = [
      {
        cmd: 'connack',
        reasonCode: 0,
        sessionPresent: true,
        properties: { assignedClientIdentifier: 'x', receiveMaximum: 5 },
      },
      {
        cmd: 'publish',
        topic: 't',
        payload: Buffer.from('hello'),
        qos: 2,
        messageId: 5,
        retain: false,
        dup: false,
        properties: { subscriptionIdentifier: [1, 2], userProperties: { a: ['b', 'c'] }, responseTopic: 'r' },
      },
      { cmd: 'suback', messageId: 7, granted: [1, 135], properties: {} },
      { cmd: 'puback', messageId: 9, reasonCode: 16, properties: {} },
      { cmd: 'disconnect', reasonCode: 142, properties: { reasonString: 'over' } },
    ];
    const bytes = Buffer.concat(sent.map((packet) => mqttPacket.generate(packet, { protocolVersion: 5 })));
    for (const size of [1, 3, bytes.length]) {
      const found = [];
      let rest = new Uint8Array();
      for (let at = 0; at < bytes.length; at += size) {
        const more = new Uint8Array([...rest, ...bytes.subarray(at, at + size)]);
        rest = ours.split(more, (type, flags, body) => found.push(ours.read(type, flags, body)));
      }
      equal(found.length, sent.length, `packets in pieces of ${size}`);
      equal(found[0].properties.assignedClientId, 'x', 'CONNACK');
      equal(new TextDecoder().decode(found[1].payload), 'hello', 'payload');
      equal(found[1].properties.subscriptionId.join(), '1,2', 'two identifiers');
      equal(found[1].properties.user.map(String).join(';'), 'a,b;a,c', 'user properties');
      equal(found[2].codes.join(), '1,135', 'SUBACK');
      equal(found[3].code, 16, 'PUBACK');
      equal(found[4].properties.reason, 'over', 'DISCONNECT');
    }
  });
}
