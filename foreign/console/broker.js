// A broker with its console, devices and a client that falls behind, all on loopback; ended by their pids.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const START_MILLIS_MAX = 300_000; // ./dunlin builds on first use

/** Ports that nobody used a moment ago; FOREIGN_PORTS=first-last narrows the choice. */
async function freePorts(count) {
  const [first, last] = (process.env.FOREIGN_PORTS ?? '0-0').split('-').map(Number);
  const ports = [];
  const held = [];
  for (let at = first; ports.length < count && at <= last; at += first ? 1 : 0) {
    const server = net.createServer();
    try {
      server.listen(at, '127.0.0.1');
      await once(server, 'listening');
    } catch {
      continue; // taken
    }
    held.push(server);
    ports.push(server.address().port);
  }
  await Promise.all(held.map((server) => new Promise((done) => server.close(done))));
  if (ports.length < count) throw new Error(`no ${count} free ports in ${process.env.FOREIGN_PORTS}`);
  return ports;
}

function conf(ports, dir) {
  return `
node { name = plant-1, data-dir = "${dir}/data" }
listeners {
  tcp { type = tcp, bind = "127.0.0.1:${ports.tcp}", allow-anonymous = true }
  ws { type = ws, bind = "127.0.0.1:${ports.ws}", allow-anonymous = true }
  spare { type = tcp, bind = "127.0.0.1:${ports.spare}", allow-anonymous = true }
}
authentication { built-in = true, users.me.password = hush-hush }
console { enabled = true, bind = "127.0.0.1:${ports.console}" }
`;
}

export class Broker {
  children = [];
  log = '';

  async start() {
    this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'foreign-console-'));
    const [tcp, ws, spare, console_] = await freePorts(4);
    this.ports = { tcp, ws, spare, console: console_ };
    this.url = `http://127.0.0.1:${console_}`;
    fs.writeFileSync(path.join(this.dir, 'dunlin.conf'), conf(this.ports, this.dir), { mode: 0o600 });
    const broker = this.run('broker', '-c', path.join(this.dir, 'dunlin.conf'));
    const began = Date.now();
    for (;;) {
      const said = /with the password in (.+) \(for its owner/.exec(this.log);
      if (said) this.password = fs.readFileSync(said[1], 'utf8').trim();
      if (this.password && (await this.answers())) break;
      if (broker.exitCode !== null || Date.now() - began > START_MILLIS_MAX)
        throw new Error(`the broker did not come up:\n${this.log}`);
      await new Promise((done) => setTimeout(done, 200));
    }
    this.run('simulate', '-sc', 'furnace', '-h', '127.0.0.1', '-p', String(tcp));
  }

  async answers() {
    try {
      return (await fetch(`${this.url}/health/ready`)).ok;
    } catch {
      return false;
    }
  }

  /** ./dunlin with these words. */
  run(...words) {
    const child = spawn(path.join(ROOT, 'dunlin'), words, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => {
        if (words[0] === 'broker' && this.log.length < 100_000) this.log += data;
      });
    this.children.push(child);
    return child;
  }

  /** A command as somebody types it who has been given the folder of the data; what it says, and how it ends. */
  async typed(command) {
    const child = spawn('bash', ['-c', command], {
      cwd: this.dir,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${ROOT}:${process.env.PATH}`, DUNLIN_NODE__DATA_DIR: path.join(this.dir, 'data') },
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data));
    const [code] = await once(child, 'close');
    return { said, code };
  }

  async stop() {
    for (const child of this.children.reverse()) {
      if (child.exitCode !== null) continue;
      const gone = once(child, 'exit');
      process.kill(-child.pid, 'SIGTERM');
      const late = setTimeout(() => process.kill(-child.pid, 'SIGKILL'), 15_000);
      await gone;
      clearTimeout(late);
    }
    fs.rmSync(this.dir, { recursive: true, force: true });
  }
}
