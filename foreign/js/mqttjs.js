// mqtt.js from npm as its users call it: MQTT 3.1.1 and 5 over TCP, TLS, WebSocket and secure WebSocket.
// Prints one line per test, as harness.py does; reads the broker's address from FOREIGN_TARGET.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import mqtt from 'mqtt';

const TEST_MS_MAX = 30_000;
const target = JSON.parse(process.env.FOREIGN_TARGET ?? '{"broker":"?","host":"127.0.0.1","tcp":1883}');
const tests = [];
let clients = [];
let count = 0;

const test = (name, needs, run, known = {}) => tests.push({ name, needs, run, known });
const unique = (prefix) => `${prefix}-${process.pid}-${++count}`;
const topic = (name = 't') => `foreign/${unique('js' + name)}/x`;
const VERSIONS = [[4, '3.1.1'], [5, '5']];

const urls = {
  tcp: () => `mqtt://${target.host}:${target.tcp}`,
  tls: () => `mqtts://localhost:${target.tls}`,
  ws: () => `ws://${target.host}:${target.ws}${target.ws_path}`,
  wss: () => `wss://localhost:${target.wss}${target.ws_path}`,
};

function late(promise, what, ms = 10_000) {
  const timer = new AbortController();
  return Promise.race([
    promise.finally(() => timer.abort()),
    pause(ms, undefined, { signal: timer.signal }).then(() => { throw new Error(`not within ${ms} ms: ${what}`); }, () => new Promise(() => {})),
  ]);
}

async function until(condition, what, ms = 10_000) {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${typeof what === 'function' ? what() : what}`);
    await pause(10);
  }
}

async function connect(protocolVersion, options = {}, transport = 'tcp') {
  const tls = transport === 'tls' || transport === 'wss';
  const client = mqtt.connect(urls[transport](), {
    protocolVersion, clientId: unique('js'), reconnectPeriod: 0, connectTimeout: 8000, resubscribe: false,
    ...(tls ? { ca: readFileSync(join(target.certs, 'ca.crt')) } : {}), ...options,
  });
  clients.push(client);
  client.received = [];
  client.on('message', (name, payload, packet) => client.received.push({ name, payload, packet }));
  client.on('error', (error) => { client.lastError = error; });
  const [connack] = await late(Promise.race([once(client, 'connect'), once(client, 'close').then(() => { throw client.lastError ?? new Error('closed'); })]), 'CONNACK');
  client.connack = connack;
  return client;
}

const texts = (client) => client.received.map((m) => m.payload.toString());

async function exchange(a, b) {
  for (const [from, to] of [[a, b], [b, a]]) {
    for (const qos of [0, 1, 2]) {
      const name = topic();
      const granted = await late(to.subscribeAsync(name, { qos }), 'SUBACK');
      assert.equal(granted[0].qos, qos);
      const payload = Buffer.from(Array.from({ length: 5000 }, (_, n) => (n * 7 + qos) & 255));
      const before = to.received.length;
      await late(from.publishAsync(name, payload, { qos }), `acknowledgement of QoS ${qos}`);
      await until(() => to.received.length > before, `message at QoS ${qos}`);
      const got = to.received[before];
      assert.equal(got.name, name);
      assert.equal(got.packet.qos, qos);
      assert.ok(got.payload.equals(payload));
    }
  }
}

for (const [version, label] of VERSIONS) {
  for (const transport of ['tcp', 'tls', 'ws', 'wss']) {
    test(`QoS 0, 1 and 2 both ways over ${transport}, v${label}`, [transport], async () => {
      await exchange(await connect(version, {}, transport), await connect(version, {}, 'tcp'));
    });

    test(`1 MB at QoS 1 over ${transport}, v${label}`, [transport], async () => {
      const a = await connect(version, {}, transport);
      const name = topic();
      await a.subscribeAsync(name, { qos: 1 });
      const payload = Buffer.alloc(1_000_000, 'dunlin');
      await late(a.publishAsync(name, payload, { qos: 1 }), 'acknowledgement');
      await until(() => a.received.length === 1, 'message');
      assert.ok(a.received[0].payload.equals(payload));
    }, transport.startsWith('ws') ? { mosquitto: '2.0.11 never acknowledges it' } : {});
  }

  test(`500 messages over ws keep their order, v${label}`, ['ws'], async () => {
    const a = await connect(version, {}, 'ws');
    for (const qos of [0, 1, 2]) {
      const name = topic();
      await a.subscribeAsync(name, { qos });
      const before = a.received.length;
      for (let n = 0; n < 500; n += 20) { // mqtt.js does not keep to the broker's Receive Maximum
        await late(Promise.all(Array.from({ length: 20 }, (_, k) => a.publishAsync(name, String(n + k), { qos }))), 'acknowledgements');
      }
      await until(() => a.received.length >= before + 500, () => `500 messages at QoS ${qos}, has ${a.received.length - before}`);
      assert.deepEqual(texts(a).slice(before), Array.from({ length: 500 }, (_, n) => String(n)));
    }
  });

  test(`will when the socket is cut, none at a clean end, v${label}`, [], async () => {
    const name = topic('will');
    const watch = await connect(version);
    await watch.subscribeAsync(name, { qos: 1 });
    const leaving = await connect(version, { will: { topic: name, payload: Buffer.from('wrong'), qos: 1, retain: false } });
    await late(leaving.endAsync(), 'end');
    const dying = await connect(version, { will: { topic: name, payload: Buffer.from('gone'), qos: 1, retain: true } });
    dying.stream.destroy();
    await until(() => watch.received.length === 1, 'will');
    assert.equal(texts(watch)[0], 'gone');
    const afterwards = await connect(version);
    await afterwards.subscribeAsync(name, { qos: 1 });
    await until(() => afterwards.received.length === 1, 'retained will');
    assert.equal(afterwards.received[0].packet.retain, true);
    await afterwards.publishAsync(name, '', { qos: 1, retain: true });
  });

  test(`retained: delivered once to each new subscription, cleared, v${label}`, [], async () => {
    const name = topic('retained');
    const a = await connect(version);
    await a.publishAsync(name, 'kept', { qos: 1, retain: true });
    const b = await connect(version);
    await b.subscribeAsync(name, { qos: 1 });
    await until(() => b.received.length === 1, 'retained message');
    assert.equal(b.received[0].packet.retain, true);
    await a.publishAsync(name, '', { qos: 1, retain: true });
    const c = await connect(version);
    await c.subscribeAsync(name, { qos: 1 });
    await a.publishAsync(name, 'live', { qos: 1 });
    await until(() => c.received.length > 0, 'live message');
    assert.deepEqual(texts(c), ['live']);
  });

  test(`clean=false: the session waits and delivers, v${label}`, [], async () => {
    const clientId = unique('lasting');
    const name = topic();
    const options = { clientId, clean: false, ...(version === 5 ? { properties: { sessionExpiryInterval: 100 } } : {}) };
    const first = await connect(version, options);
    assert.equal(first.connack.sessionPresent, false);
    await first.subscribeAsync(name, { qos: 2 });
    first.stream.destroy();
    const sender = await connect(version);
    for (let n = 0; n < 30; n++) await sender.publishAsync(name, String(n), { qos: 1 + (n % 2) });
    const second = await connect(version, options);
    assert.equal(second.connack.sessionPresent, true);
    await until(() => second.received.length >= 30, () => `30 messages, has ${second.received.length}`);
    for (const qos of [1, 2]) {
      assert.deepEqual(second.received.filter((m) => m.packet.qos === qos).map((m) => Number(m.payload)),
        Array.from({ length: 30 }, (_, n) => n).filter((n) => 1 + (n % 2) === qos));
    }
    await second.endAsync();
    const third = await connect(version, { clientId, clean: true });
    assert.equal(third.connack.sessionPresent, false);
  });

  test(`automatic reconnect resumes: subscriptions and QoS 1 in flight, v${label}`, ['ws'], async () => {
    const name = topic();
    const options = { clean: false, reconnectPeriod: 50, ...(version === 5 ? { properties: { sessionExpiryInterval: 100 } } : {}) };
    const a = await connect(version, options, 'ws');
    await a.subscribeAsync(name, { qos: 1 });
    const acks = [];
    for (let n = 0; n < 100; n++) {
      acks.push(a.publishAsync(name, String(n), { qos: 1 }));
      if (n === 50) a.stream.destroy();
    }
    await late(Promise.all(acks), '100 acknowledgements', 20_000);
    await until(() => new Set(texts(a)).size === 100, () => `100 different messages, has ${new Set(texts(a)).size}`);
  });

  test(`unsubscribe, v${label}`, [], async () => {
    const [one, two] = [topic('one'), topic('two')];
    const a = await connect(version);
    await a.subscribeAsync([one, two], { qos: 1 });
    await late(a.unsubscribeAsync(one), 'UNSUBACK');
    await a.publishAsync(one, 'no', { qos: 1 });
    await a.publishAsync(two, 'yes', { qos: 1 });
    await until(() => a.received.length > 0, 'message');
    assert.deepEqual(texts(a), ['yes']);
  });
}

test('v5 properties both ways', [], async () => {
  const [a, b] = [await connect(5), await connect(5)];
  const name = topic();
  await b.subscribeAsync(name, { qos: 1, properties: { subscriptionIdentifier: 42 } });
  await a.publishAsync(name, 'v', { qos: 1, properties: {
    contentType: 'text/plain', responseTopic: 'r/t', correlationData: Buffer.from([0, 255]), payloadFormatIndicator: true,
    messageExpiryInterval: 100, userProperties: { k: ['1', '2'], other: 'x' } } });
  await until(() => b.received.length === 1, 'message');
  const got = b.received[0].packet.properties;
  assert.equal(got.contentType, 'text/plain');
  assert.equal(got.responseTopic, 'r/t');
  assert.ok(got.correlationData.equals(Buffer.from([0, 255])));
  assert.equal(got.payloadFormatIndicator, true);
  assert.equal(got.subscriptionIdentifier, 42);
  assert.ok(got.messageExpiryInterval > 95 && got.messageExpiryInterval <= 100);
  assert.deepEqual({ ...got.userProperties }, { k: ['1', '2'], other: 'x' });
});

test('v5 automatic topic aliases of the publisher', [], async () => {
  const a = await connect(5, { autoAssignTopicAlias: true, autoUseTopicAlias: true });
  const b = await connect(5, { properties: { topicAliasMaximum: 10 } });
  const names = Array.from({ length: 5 }, () => topic());
  for (const name of names) await b.subscribeAsync(name, { qos: 1 });
  for (let n = 0; n < 25; n++) await a.publishAsync(names[n % 5], String(n), { qos: 1 });
  await until(() => b.received.length === 25, () => `25 messages, has ${b.received.length}`);
  assert.deepEqual(b.received.map((m) => m.name), Array.from({ length: 25 }, (_, n) => names[n % 5]));
});

test('v5 No Local, retain as published, retain handling', [], async () => {
  const [a, b] = [await connect(5), await connect(5)];
  const name = topic();
  await b.publishAsync(name, 'kept', { qos: 1, retain: true });
  await a.subscribeAsync(name, { qos: 1, nl: true, rap: true, rh: 2 });
  await a.publishAsync(name, 'own', { qos: 1 });
  await b.publishAsync(name, 'flag', { qos: 1, retain: true });
  await until(() => a.received.length > 0, 'message');
  assert.deepEqual([texts(a), a.received[0].packet.retain], [['flag'], true]);
  await b.publishAsync(name, '', { qos: 1, retain: true });
});

test('v5 shared subscription over WebSocket members', ['ws'], async () => {
  const name = topic();
  const members = [await connect(5, {}, 'ws'), await connect(5, {}, 'ws'), await connect(5, {}, 'tcp')];
  const group = unique('group');
  for (const m of members) await m.subscribeAsync(`$share/${group}/${name}`, { qos: 1 });
  const sender = await connect(5);
  for (let n = 0; n < 30; n++) await sender.publishAsync(name, String(n), { qos: 1 });
  const all = () => members.flatMap(texts).map(Number).sort((x, y) => x - y);
  await until(() => all().length >= 30, () => `30 messages, has ${all().length}`);
  assert.deepEqual(all(), Array.from({ length: 30 }, (_, n) => n));
  assert.ok(members.every((m) => m.received.length > 0));
});

test('v5 take-over: the first client gets DISCONNECT 0x8E', [], async () => {
  const clientId = unique('twin');
  const first = await connect(5, { clientId });
  const ended = late(once(first, 'disconnect'), 'DISCONNECT').catch((e) => e);
  const closed = late(once(first, 'close'), 'close');
  await connect(5, { clientId });
  await closed;
  if (target.broker === 'mosquitto') return; // 2.0.11 closes without a DISCONNECT
  const answer = await ended;
  if (answer instanceof Error) throw answer;
  const [packet] = answer;
  assert.equal(packet.reasonCode, 0x8e);
});

test('refused login: error code of the CONNACK', ['logins'], async () => {
  for (const [version, codes] of [[4, [4, 5]], [5, [0x86, 0x87]]]) {
    const options = { username: 'alice', password: 'wrong' };
    const client = mqtt.connect(`mqtt://${target.host}:${target.logins}`, { protocolVersion: version, reconnectPeriod: 0, ...options });
    clients.push(client);
    const [error] = await late(once(client, 'error'), 'error');
    assert.ok(codes.includes(error.code), `code ${error.code}`);
    const right = mqtt.connect(`mqtt://${target.host}:${target.logins}`, { protocolVersion: version, reconnectPeriod: 0, ...options, password: 'secret' });
    clients.push(right);
    await late(once(right, 'connect'), 'CONNACK');
  }
});

test('client certificate over TLS', ['tls_client_cert'], async () => {
  const ca = readFileSync(join(target.certs, 'ca.crt'));
  const mine = { cert: readFileSync(join(target.certs, 'client.crt')), key: readFileSync(join(target.certs, 'client.key')) };
  const address = `mqtts://localhost:${target.tls_client_cert}`;
  const right = mqtt.connect(address, { ca, ...mine, reconnectPeriod: 0 });
  clients.push(right);
  await late(once(right, 'connect'), 'CONNACK');
  const without = mqtt.connect(address, { ca, reconnectPeriod: 0 });
  clients.push(without);
  await late(new Promise((resolve, reject) => {
    without.on('error', resolve);
    without.on('close', resolve);
    without.on('connect', () => reject(new Error('connected without a certificate')));
  }), 'refusal');
});

const words = process.argv.slice(2);
let failed = 0;
for (const { name, needs, run, known } of tests) {
  if (words.length && !words.some((word) => name.includes(word))) continue;
  const started = Date.now();
  const missing = needs.filter((need) => !target[need]);
  let line = `SKIP mqttjs: ${name}: no ${missing} on this broker`;
  if (!missing.length) {
    try {
      await late(run(), 'the whole test', TEST_MS_MAX);
      line = `PASS mqttjs: ${name}: ${((Date.now() - started) / 1000).toFixed(2)} s`;
    } catch (error) {
      const reason = known[target.broker];
      if (!reason) failed++;
      line = reason ? `KNOWN mqttjs: ${name}: ${reason}` : `FAIL mqttjs: ${name}: ${String(error?.message ?? error).replaceAll('\n', ' ').slice(0, 500)}`;
    }
  }
  for (const client of clients) client.end(true);
  clients = [];
  console.log(line);
}
process.exit(failed ? 1 : 0);
