// Publishers and subscribers on mqtt.js for foreign/crash/run: takes commands and tells events, one JSON object per line.
// The client objects and their stores outlive every crash of the broker. What is decided here is nothing but when to publish.
import { createInterface } from 'node:readline';
import mqtt from 'mqtt';

const clients = new Map();
const lines = [];
const tell = (event) => {
  if (lines.push(JSON.stringify(event)) === 1) setImmediate(() => process.stdout.write(lines.splice(0).join('\n') + '\n'));
};

// The same as body() in ledger.py.
function body(publisher, n) {
  const size = n % 10 === 0 ? (n * 7919 + publisher.length * 104729) % 1500 : (n * 31) % 200;
  return `${publisher} ${n} ${'abcdefghijklmnopqrstuvwxyz'[n % 26].repeat(size)}`;
}

function open({ id, port, version, filters, topic, qos, rate, window, receiveMaximum }) {
  const stores = { incomingStore: new mqtt.Store({ clean: false }), outgoingStore: new mqtt.Store({ clean: false }) };
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, {
    clientId: id, protocolVersion: version, clean: false, resubscribe: false, reconnectPeriod: 50, connectTimeout: 5000, manualConnect: true,
    ...stores, ...(version === 5 ? { properties: { sessionExpiryInterval: 86400, ...(receiveMaximum ? { receiveMaximum } : {}) } } : {}),
  });
  const self = { client, stores, running: false, sent: 0, claimed: 0, pending: 0, opened: false, subscribed: !filters };
  clients.set(id, self);
  client.on('error', (error) => tell({ e: 'error', id, text: error.message }));
  client.on('close', () => tell({ e: 'closed', id }));
  client.on('connect', (connack) => {
    if (filters && !connack.sessionPresent) self.subscribed = false;
    tell({ e: 'connected', id, present: connack.sessionPresent, ready: self.subscribed });
    if (self.subscribed) return;
    client.subscribe(filters, { qos }, (error) => {
      if (error) return;
      self.subscribed = true;
      tell({ e: 'ready', id });
    });
  });
  client.on('message', (name, payload, packet) => packet.retain || tell({ e: 'got', id, topic: name, payload: payload.toString('latin1') }));
  if (!topic) return;
  let credit = 0;
  setInterval(() => {
    credit = Math.min(credit + rate / 100, 8);
    for (; (self.running || self.sent < self.claimed) && client.connected && self.pending < window && credit >= 1; credit--) {
      const n = ++self.sent;
      self.pending++;
      self.claimed = Math.max(self.claimed, n);
      tell({ e: 'sent', id, n });
      client.publish(topic, body(id, n), { qos }, (error) => {
        // 0x92 answers a repeated PUBREL whose message was finished before the crash
        const acked = !error || error.code === 0x92;
        // what is published while mqtt.js still repeats older messages it gives back unsent where the connection ends
        const unsent = error?.message === 'Connection closed';
        if (acked || unsent) self.pending--;
        if (acked) tell({ e: 'acked', id, n });
        else if (unsent) self.sent = Math.min(self.sent, n - 1);
        // any other error, such as EPIPE, is no verdict: the message stays in the store, is sent again, and this is called again
      });
    }
  }, 10);
}

const commands = {
  open,
  online({ id }) {
    const self = clients.get(id);
    if (self.opened) self.client.reconnect(self.stores);
    else self.client.connect();
    self.opened = true;
  },
  offline({ id, force }) {
    clients.get(id).client.end(force, {}, () => tell({ e: 'left', id }));
  },
  run({ id, on }) {
    clients.get(id).running = on;
  },
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const command = JSON.parse(line);
  commands[command.do](command);
}).on('close', () => process.exit(0));
