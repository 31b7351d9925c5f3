// What people do with the console, and what comes of it in the broker.
import fs from 'node:fs';
import mqtt from 'mqtt';
import { check, equal, until } from './harness.js';
import { float, int, metric, payload, string } from './payloads.js';

const FURNACE = 'plant/hall-1/furnace-003/temperature';
const MINUTE = 60_000;

const text = (page, selector) => page.locator(selector).first().innerText();
const rows = (page) => page.locator('tbody tr').count();

/** A client of our own, connected. */
async function client(broker, options = {}) {
  return mqtt.connectAsync(`mqtt://127.0.0.1:${broker.ports.tcp}`, { protocolVersion: 5, ...options });
}

/** A session that is away with three messages that wait. */
async function leave(broker, clientId) {
  const away = await client(broker, {
    clientId,
    clean: false,
    properties: { sessionExpiryInterval: 600 },
  });
  await away.subscribeAsync('orders/#', { qos: 1 });
  await away.endAsync();
  const other = await client(broker, { clientId: 'seller' });
  for (let i = 0; i < 3; i++) await other.publishAsync('orders/1', JSON.stringify({ n: i }), { qos: 1 });
  await other.endAsync();
}

export async function actions(harness, broker) {
  const test = (name, run, how) => harness.test(name, run, how);

  await test(
    'login: a wrong password is refused with a sentence',
    async (page) => {
      await page.goto(broker.url);
      await page.fill('input[name=password]', 'wrong');
      await page.click('button[type=submit]');
      await until(async () => (await page.locator('.problem').count()) === 1, 'it says so');
      check(await page.locator('input[name=password]').isVisible(), 'the login stays');
    },
    { fresh: true, expected: /401/ },
  );

  await test(
    'login: in, stays in after a reload, out',
    async (page) => {
      await harness.login(page);
      await page.reload();
      await page.waitForSelector('.frame');
      await page.click('[title^="admin, admin"]');
      await page.click('text=Log out');
      await page.waitForSelector('input[name=password]');
      await page.reload();
      await page.waitForSelector('input[name=password]');
    },
    { fresh: true },
  );

  await test('overview: figures of the simulation, live', async (page) => {
    await harness.show(page, '#/');
    await until(
      async () => /^2[0-9]/.test(await text(page, '.tile:has-text("Connected clients") .value')),
      'twenty furnaces are connected',
    );
    await until(
      async () => Number((await text(page, '.tile:has-text("Messages in") .value')).replace(/[^\d.]/g, '')) > 5,
      'they publish',
    );
    await page.click('text=10 min');
    check(page.url().includes('range=live'), 'the address keeps the span');
  });

  await test('clients: filter, sort, columns, address, export, command', async (page) => {
    await harness.show(page, '#/clients');
    await until(async () => (await rows(page)) >= 20, 'all are there');
    await page.fill('.filters input >> nth=0', 'furnace-01');
    await until(async () => (await rows(page)) === 10, 'ten match');
    check(page.url().includes('like_clientid=furnace-01'), 'the address keeps the filter');
    await page.click('th button:has-text("Client")');
    await page.click('th button:has-text("Client")');
    await until(async () => (await text(page, 'tbody tr td:nth-child(2)')) === 'furnace-019', 'the last comes first');
    await page.click('[title="Choose columns"]');
    await page.click('.choose label:has-text("Keep alive")');
    check(await page.locator('th:has-text("Keep alive")').isVisible(), 'the column is there');
    await page.keyboard.press('Escape');
    await page.click('[title^="Export"]');
    const [csv] = await Promise.all([page.waitForEvent('download'), page.click('text=Save as CSV')]);
    const lines = fs
      .readFileSync(await csv.path(), 'utf8')
      .trim()
      .split('\r\n');
    equal(lines.length, 11, 'a line for each, and the heads');
    await page.click('[title^="Export"]');
    const [json] = await Promise.all([page.waitForEvent('download'), page.click('text=Save as JSON')]);
    equal(JSON.parse(fs.readFileSync(await json.path(), 'utf8')).length, 10, 'JSON has the same');
    await page.click('[title^="Export"]');
    await page.click('text=Copy as command');
    check(
      (await page.evaluate(() => navigator.clipboard.readText())).startsWith('dunlin clients list'),
      'the command is copied',
    );
    await page.reload();
    await until(async () => (await rows(page)) === 10, 'it is the same after a reload');
  });

  await test('tables: what is copied as a command does the same in a terminal', async (page) => {
    const shown = {
      '#/clients?like_clientid=furnace-01&conn_state=connected&proto_ver=5&sort=-clientid': /furnace-019/,
      '#/clients?tab=slow&conn_state=connected': /behind|CLIENT/,
      '#/clients/furnace-003?tab=subscriptions': /subscription|FILTER/,
      '#/clients/furnace-003?tab=queue': /waits|TOPIC/,
      '#/subscriptions?match_topic=nobody%2Fhears&qos=1': /no such subscription/,
      '#/retained?topic=plant%2F%23&sort=topic': /retained message|TOPIC/,
      '#/system?tab=listeners': /spare/,
      '#/system?tab=config&key=console.bind': /console\.bind/,
      '#/system?tab=log&level=info': /LEVEL/,
      '#/security?tab=users': /\S/,
      '#/security?tab=certificates&state=ended': /There is no such/,
      '#/security?tab=tokens': /No logins with tokens/,
      '#/security?tab=groups': /\S/,
      '#/security?tab=banned': /\S/,
      '#/security?tab=log&like_event=console.login&sort=time': /console\.login/,
    };
    for (const [hash, expected] of Object.entries(shown)) {
      await harness.show(page, hash);
      await page.click('[title^="Export"]');
      await page.click('text=Copy as command');
      const command = await page.evaluate(() => navigator.clipboard.readText());
      const { said, code } = await broker.typed(command);
      check(code === 0 && expected.test(said), `${command} ends with ${code} and says: ${said.slice(0, 400)}`);
      if (hash.includes('furnace-01')) check(!said.includes('furnace-003'), 'it keeps the filter');
    }
    await harness.show(page, `#/topics?at=${encodeURIComponent(FURNACE)}`);
    await page.click('[title="Copy as command"]');
    const command = await page.evaluate(() => navigator.clipboard.readText());
    const { said, code } = await broker.typed(`${command} -p ${broker.ports.tcp} -C 1`);
    check(code === 0 && said.startsWith(FURNACE), `${command} ends with ${code} and says: ${said.slice(0, 400)}`);
  });

  await test('keys: /, g and a letter, j, k, Enter, Esc, ?', async (page) => {
    await harness.show(page, '#/');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await until(async () => (await rows(page)) >= 20, 'g c shows the clients');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    equal(await page.locator('tr.current').count(), 1, 'one row is marked');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=Connection');
    check(page.url().includes('/clients/'), 'Enter opens it');
    await page.keyboard.press('?');
    await page.waitForSelector('dialog .keys');
    await page.keyboard.press('Escape');
    await until(async () => (await page.locator('dialog').count()) === 0, 'Esc closes the help');
    await page.keyboard.press('/');
    await page.keyboard.type('furnace-007');
    await page.waitForSelector('.find .panel button:has-text("furnace-007")');
    await page.keyboard.press('Enter');
    await until(async () => page.url().endsWith('#/clients/furnace-007'), 'the search goes there');
  });

  await test('client: session, subscriptions, queue, events', async (page) => {
    await leave(broker, 'away-1');
    await harness.show(page, '#/clients/away-1');
    await until(async () => (await text(page, '.tabs a:has-text("Queued")')).includes('3'), 'three wait');
    await page.click('.tabs a:has-text("Queued")');
    await until(async () => (await rows(page)) === 3, 'they are listed');
    await page.click('tbody tr >> nth=0');
    await page.waitForSelector('dialog .payload');
    await page.keyboard.press('Escape');
    await page.click('.tabs a:has-text("Subscriptions")');
    await page.waitForSelector('td code:has-text("orders/#")');
    await page.click('.tabs a:has-text("Events")');
    await page.waitForSelector('.timeline li:has-text("subscribed")');
    await page.waitForSelector('.timeline li:has-text("disconnected")');
  });

  await test('client: clearing a session asks for its name and says what goes', async (page) => {
    await leave(broker, 'away-2');
    await harness.show(page, '#/clients/away-2');
    await page.click('[title="More"]');
    await page.click('text=Clear the session');
    await page.waitForSelector('dialog:has-text("3 queued")');
    check(await page.locator('dialog .confirm').isDisabled(), 'not without the name');
    await page.fill('dialog input', 'away-2');
    await page.click('dialog .confirm');
    await until(async () => page.url().endsWith('#/clients'), 'back to the list');
    await harness.show(page, '#/clients?like_clientid=away-2');
    await page.waitForSelector('text=Nothing matches');
  });

  await test(
    'client: kick and ban',
    async (page) => {
      const victim = await client(broker, { clientId: 'victim', reconnectPeriod: 0 });
      const ended = new Promise((done) => {
        victim.on('disconnect', (p) => done(p.reasonCode));
      });
      await harness.show(page, '#/clients/victim');
      await page.click('button:has-text("Kick")');
      await page.click('dialog .confirm');
      equal(await ended, 0x98, 'the reason is: administrative action');
      await page.waitForSelector('text=There is no client victim');
      await harness.show(page, '#/security?tab=banned');
      await page.click('button:has-text("Ban")');
      await page.fill('dialog .form input >> nth=0', 'victim');
      await page.click('dialog .confirm');
      await page.waitForSelector('tbody tr:has-text("victim")');
      let refused = false;
      try {
        await client(broker, { clientId: 'victim', reconnectPeriod: 0 });
      } catch {
        refused = true;
      }
      check(refused, 'it is kept out');
      await page.click('[title="Lift the ban of victim"]');
      await page.click('dialog .confirm');
      await page.waitForSelector('text=Nobody is banned');
      await (await client(broker, { clientId: 'victim' })).endAsync();
    },
    { expected: /40[04]/ },
  );

  await test('board: a furnace with a threshold in under a minute', async (page) => {
    const began = Date.now();
    await harness.show(page, '#/');
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    for (const level of ['plant', 'hall-1', 'furnace-003'])
      await page.click(`.line:has(.level:text-is("${level}")) .twist`);
    await page.click('.line:has(.level:text-is("temperature"))');
    await page.click('button.value[title="Chart value"]');
    await page.fill('.narrow', '400');
    await page.click('text=Pin to the board');
    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await until(async () => /^\d/.test(await text(page, '.big')), 'the temperature is on the board');
    await page.waitForSelector('.panelcard.over');
    check(Date.now() - began < MINUTE, 'it took a minute');
    check(decodeURIComponent(page.url()).includes(FURNACE), 'the address holds the board');
    const address = page.url();
    await page.goto('about:blank');
    await page.goto(address);
    await until(async () => /^\d/.test(await text(page, '.big')), 'the address alone shows it');
  });

  await test('topics: live value, changes, hold, several series', async (page) => {
    await harness.show(page, `#/topics?at=${encodeURIComponent(FURNACE)}`);
    await page.waitForSelector('.badge:has-text("live")');
    await until(async () => (await page.locator('.messages li').count()) >= 3, 'messages come');
    await page.click('button.value[title="Chart value"]');
    await page.click('button.value[title="Chart setpoint"]');
    await until(async () => (await page.locator('figcaption button').count()) === 2, 'two lines');
    await page.click('.segments button:has-text("Changes")');
    await page.waitForSelector('.diff .plus');
    await page.click('.segments button:has-text("Hex")');
    await page.waitForSelector('pre:has-text("000010")');
    await page.click('button:has-text("Hold")');
    const held = await page.locator('.messages li').count();
    await page.waitForTimeout(2500);
    equal(await page.locator('.messages li').count(), held, 'nothing moves while held');
  });

  await test('topics: Sparkplug with the names of its birth, a chart of a metric, a broken payload', async (page) => {
    const topic = 'spBv1.0/Plant/NDATA/Press';
    const c = await client(broker);
    const say = (to, data) => c.publishAsync(to, Buffer.from(data));
    const degrees = (value) => payload(1, metric({ alias: 4 }, float(12, value)));
    await harness.show(page, `#/topics?at=${encodeURIComponent(topic)}`);
    await page.waitForSelector('.badge:has-text("live")');
    await say(topic, degrees(21.1));
    await page.waitForSelector('.metrics tr:has-text("alias 4"):has-text("21.1")');
    const born = payload(0, metric({ name: 'Oven/Temperature (°C)', alias: 4, type: 9 }, float(12, 20)));
    await until(async () => {
      await say('spBv1.0/Plant/NBIRTH/Press', born); // the page listens for births only now
      return page.locator('.metrics tr:has-text("Oven/Temperature (°C)"):has-text("Float")').count();
    }, 'the birth names it');
    await page.click('button.value[title="Chart Oven/Temperature (°C)"]');
    await page.waitForSelector('figcaption:has-text("Oven/Temperature (°C)")');
    await say(topic, degrees(98.5));
    await page.waitForSelector('.metrics .changed:has-text("98.5")');
    await until(async () => (await text(page, 'figcaption')).includes('98.5'), 'the chart has it');
    await page.click('text=Pin to the board');
    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await say(topic, degrees(17.5));
    await until(async () => (await page.locator('.big:has-text("17.5")').count()) === 1, 'the board has it');
    await page.goBack();
    await page.waitForSelector('.badge:has-text("live")');
    await say(topic, [0x0a, 5, 1]);
    await page.waitForSelector('.payload .verdict.warn');
    await page.waitForSelector('.payload pre:has-text("0a 05 01")');
    await c.endAsync();
  });

  await test('retained: Protobuf without its schema', async (page) => {
    const c = await client(broker);
    const data = Buffer.from([...int(1, 150), ...string(2, 'in a field')]);
    await c.publishAsync('proto/1', data, { retain: true, qos: 1 });
    await harness.show(page, '#/retained?topic=proto%2F%23');
    await page.click('tbody tr:has-text("proto/1")');
    await page.waitForSelector('dialog .json li:has-text("zigzag 75")');
    await page.waitForSelector('dialog .json li:has-text("in a field")');
    await page.keyboard.press('Escape');
    await c.publishAsync('proto/1', '', { retain: true, qos: 1 });
    await c.endAsync();
  });

  await test('retained: search, view, edit, delete by filter with its count', async (page) => {
    const c = await client(broker, {});
    for (let i = 0; i < 5; i++) await c.publishAsync(`shelf/${i}`, `{"n":${i}}`, { retain: true, qos: 1 });
    await harness.show(page, '#/retained?topic=shelf%2F%23');
    await until(async () => (await rows(page)) === 5, 'five match');
    await page.click('tbody tr:has-text("shelf/2")');
    await page.click('dialog button:has-text("Edit")');
    await page.fill('dialog textarea', '{"n":22}');
    await page.click('dialog .confirm:has-text("Publish")');
    await until(async () => (await page.locator('tbody tr:has-text("22")').count()) === 1, 'it is changed');
    await page.keyboard.press('Escape');
    await page.click('button:has-text("Delete all that match")');
    await page.waitForSelector('dialog:has-text("5 retained messages")');
    await page.click('dialog .confirm');
    await page.waitForSelector('text=Nothing matches');
    await c.endAsync();
  });

  await test('subscriptions: who gets a topic, shared groups with lag', async (page) => {
    const members = [];
    for (const id of ['worker-1', 'worker-2']) {
      const c = await client(broker, { clientId: id });
      await c.subscribeAsync('$share/crew/jobs/+', { qos: 1 });
      members.push(c);
    }
    await harness.show(page, '#/subscriptions?match_topic=jobs%2F7');
    await until(async () => (await rows(page)) === 2, 'both would get it');
    await page.click('text=Shared groups');
    await page.waitForSelector('.card:has-text("crew") tr:has-text("worker-2")');
    for (const c of members) await c.endAsync();
  });

  await test('why: a client that has not subscribed', async (page) => {
    const c = await client(broker, { clientId: 'deaf' });
    await harness.show(page, '#/why');
    await page.fill('.form input >> nth=0', 'deaf');
    await page.fill('.form input.mono', FURNACE);
    await page.click('button:has-text("Find out")');
    await page.waitForSelector('.verdict.bad');
    check(/subscri/.test(await text(page, '.verdict')), `it is told: ${await text(page, '.verdict')}`);
    await c.endAsync();
  });

  await test('trace: packets of a client, decoded, and as pcapng', async (page) => {
    await harness.show(page, '#/trace?new=clientid&value=traced');
    await page.fill('dialog .span input', 'mine');
    await page.click('dialog .confirm');
    await page.waitForSelector('h1:has-text("mine")');
    const c = await client(broker, { clientId: 'traced', username: 'me', password: 'hush-hush' });
    await c.publishAsync('a/b', 'hello', { qos: 1 });
    await until(async () => (await page.locator('td b:text-is("PUBLISH")').count()) > 0, 'the packet is there');
    await page.click('tr:has(td b:text-is("PUBLISH")) >> nth=0');
    await page.waitForSelector('.packet .code');
    check(!(await page.content()).includes('hush-hush'), 'the password is masked');
    await page.click('button:has-text("Download")');
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('.panel button:has-text("pcapng")')]);
    equal(fs.readFileSync(await file.path()).readUInt32LE(0), 0x0a0d0d0a, 'a pcapng begins with a section header');
    await page.click('button:has-text("Stop")');
    await page.waitForSelector('.badge:has-text("stopped")');
    await page.click('[title="Delete"]');
    await page.click('dialog .confirm');
    await page.waitForSelector('text=No traces');
    await c.endAsync();
  });

  await test('test client: all the way round with properties', async (page) => {
    await harness.show(page, '#/test?topic=round%2Ftrip');
    await until(
      async () => (await page.inputValue('.form input.mono >> nth=0')).includes(`:${broker.ports.ws}/`),
      'it knows the listener',
    );
    await page.click('button:has-text("Connect")');
    await page.waitForSelector('.badge:has-text("connected")');
    await page.fill('.card:has(h2:text-is("Subscribe")) input.mono', 'round/#');
    await page.click('.card:has(h2:text-is("Subscribe")) button:has-text("Subscribe")');
    await page.waitForSelector('.chips code:has-text("round/#")');
    const card = page.locator('.card:has(h2:text-is("Publish"))');
    await card.locator('textarea').first().fill('{"n": {{n}}}');
    await card.locator('button:text-is("2")').click();
    await card.locator('summary:has-text("Properties")').click();
    await card.locator('.field:has-text("Content type") input').fill('application/json');
    await card.locator('.field:has-text("User properties") textarea').fill('line: 7');
    await card.locator('button:has-text("Publish")').click();
    await page.waitForSelector('.messages li.received:has-text("round/trip")');
    await page.click('.messages li.received:has-text("round/trip") button');
    await page.waitForSelector('.opened:has-text("application/json"):has-text("line")');
    await card.locator('summary:has-text("Again")').click();
    await card.locator('.field:has-text("Every") input').fill('50');
    await card.locator('.field:has-text("Times") input').fill('5');
    await card.locator('button:has-text("Start")').click();
    await until(
      async () => (await page.locator('.messages li.received:has-text("round/trip")').count()) === 6,
      'five more come',
    );
    await page.click('button:has-text("Disconnect")');
    await page.waitForSelector('.badge:has-text("not connected")');
  });

  await test('security: role, group, user, explanation, log', async (page) => {
    await harness.show(page, '#/security?tab=roles');
    await page.click('button:has-text("Role")');
    await page.fill('dialog input', 'device');
    await page.fill('dialog textarea', 'allow publish devices/${username}/#');
    await page.click('dialog .confirm');
    await page.waitForSelector('.card:has-text("device")');
    await page.click('.tabs a:has-text("Groups")');
    await page.click('button:has-text("Group")');
    await page.fill('dialog input', 'hall');
    await page.click('dialog .confirm');
    await page.waitForSelector('tbody tr:has-text("hall")');
    await page.click('.tabs a:has-text("Users")');
    await page.click('.tools button:has-text("User")');
    await page.fill('dialog input >> nth=0', 'sensor-7');
    await page.fill('dialog input[type=password]', 'a good password');
    await page.click('dialog .choices label:has-text("device")');
    await page.click('dialog .confirm');
    await page.waitForSelector('tbody tr:has-text("sensor-7"):has-text("device")');
    const c = await client(broker, { clientId: 's7', username: 'sensor-7', password: 'a good password' });
    await page.click('.tabs a:has-text("Who may what")');
    await page.fill('.form input >> nth=0', 's7');
    await page.fill('.form input.mono', 'devices/sensor-7/t');
    await page.click('button:has-text("Explain")');
    await page.waitForSelector('.verdict');
    const ended = new Promise((done) => {
      c.on('close', done);
    });
    await page.click('.tabs a:has-text("Users")');
    await page.click('[title="What to do with sensor-7"]');
    await page.click('.panel button:has-text("Lock out")');
    await page.click('dialog .confirm');
    await ended;
    await c.endAsync();
    await page.waitForSelector('.badge:has-text("locked out")');
    await page.click('.tabs a:has-text("Audit log")');
    await page.waitForSelector('tbody tr:has-text("user.disabled")');
    await page.fill('.filters input >> nth=1', 'nobody');
    await until(async () => !(await page.locator('tbody tr:has-text("user.disabled")').count()), 'nobody has done it');
    await page.fill('.filters input >> nth=1', 'admin');
    await page.waitForSelector('tbody tr:has-text("user.disabled"):has-text("admin")');
  });

  await test('security: an API key is shown once and works', async (page) => {
    await harness.show(page, '#/security?tab=keys');
    await page.click('.tools button:has-text("API key")');
    await page.fill('dialog input >> nth=0', 'ci');
    await page.click('dialog .confirm');
    await page.waitForSelector('dialog pre.code');
    const key = await text(page, 'dialog pre.code');
    await page.click('dialog .confirm');
    await page.waitForSelector('tbody tr:has-text("ci")');
    const headers = { Authorization: `Bearer ${key}` };
    equal((await fetch(`${broker.url}/api/v1/clients`, { headers })).status, 200, 'it may read');
    equal(
      (await fetch(`${broker.url}/api/v1/clients/x`, { method: 'DELETE', headers })).status,
      403,
      'it may not kick',
    );
    await page.click('[title="Delete ci"]');
    await page.click('dialog .confirm');
    await page.waitForSelector('text=No API keys');
    equal((await fetch(`${broker.url}/api/v1/clients`, { headers })).status, 401, 'it is refused from then on');
  });

  await test(
    'roles: a viewer sees, and finds nothing to change',
    async (page) => {
      const ask = (path, body, token) =>
        fetch(`${broker.url}/api/v1${path}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
          body: JSON.stringify(body),
        }).then((response) => response.json());
      const { token } = await ask('/login', { username: 'admin', password: broker.password });
      await ask('/console_users', { username: 'eve', password: 'only looking', role: 'viewer' }, token);
      await harness.login(page, 'only looking', 'eve');
      await page.waitForSelector('.nav .item:has-text("Topics")');
      equal(await page.locator('.nav .item:has-text("Security")').count(), 0, 'no security');
      equal(await page.locator('.nav .item:has-text("Packet trace")').count(), 0, 'no traces');
      await page.click('.nav .item:has-text("Clients")');
      await until(async () => (await rows(page)) >= 20, 'the clients are there');
      equal(await page.locator('[title^="Kick"], [title^="Ban"], td.mark').count(), 0, 'no kick, no ban');
      await page.goto(`${broker.url}/#/security`);
      await page.waitForSelector('text=Your role does not allow this');
    },
    { fresh: true },
  );

  await test('system: a listener stops and starts', async (page) => {
    await harness.show(page, '#/system?tab=listeners');
    await page.click('[title="Stop spare"]');
    await page.click('dialog .confirm');
    await page.waitForSelector('tr:has-text("spare") .badge:has-text("stopped")');
    await page.click('[title="Start spare"]');
    await page.waitForSelector('tr:has-text("spare") .badge:has-text("listens")');
  });

  await test('system: settings with origins, a dry run', async (page) => {
    await harness.show(page, '#/system?tab=config');
    await until(async () => (await rows(page)) > 3, 'settings are there');
    await page.fill('textarea', 'mqtt.max-paket-size = 1 MiB');
    await page.click('text=What would it do?');
    await page.waitForSelector('.bad-text:has-text("mqtt.max-paket-size")');
    await page.fill('textarea', 'node.name = other');
    await page.click('text=What would it do?');
    await page.waitForSelector('.good-text');
    await page.waitForSelector('.code:has-text("node.name: plant-1 -> other (at the next start)")');
  });

  await test('system: the configuration is read again', async (page) => {
    await harness.show(page, '#/system?tab=config');
    await page.click('button:has-text("Reload")');
    await page.click('dialog .confirm');
    await page.waitForSelector('.toast.good:has-text("Reloaded")');
    await page.waitForSelector('dialog .code:not(:empty)');
  });

  await test('theme: the switch holds', async (page) => {
    await harness.show(page, '#/');
    await page.click('#theme');
    equal(await page.getAttribute('html', 'data-theme'), 'dark', 'dark now');
    await page.reload();
    await page.waitForSelector('.frame');
    equal(await page.getAttribute('html', 'data-theme'), 'dark', 'dark after a reload');
  });
}
