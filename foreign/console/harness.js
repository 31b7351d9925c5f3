// Tests in a browser: each prints PASS or FAIL; a page that says something in its console, or asks another host, fails its test.
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

export const SHOTS = new URL('./target/', import.meta.url).pathname;
const PATIENCE_MILLIS = 10_000;

export class Failed extends Error {}

export function check(value, text) {
  if (!value) throw new Failed(text);
}

export function equal(actual, expected, text) {
  check(actual === expected, `${text}: expected ${JSON.stringify(expected)}, was ${JSON.stringify(actual)}`);
}

/** Until it is true; the last thing it said is shown where it never is. */
export async function until(condition, text) {
  const end = Date.now() + PATIENCE_MILLIS;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > end) throw new Failed(`${text}: not within ${PATIENCE_MILLIS / 1000} s`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

export class Harness {
  passed = 0;
  failed = 0;

  constructor(broker, only) {
    this.broker = broker;
    this.only = only;
  }

  async open() {
    fs.mkdirSync(SHOTS, { recursive: true });
    this.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    });
    const first = await this.browser.newContext();
    const page = await first.newPage();
    await this.login(page);
    this.state = await first.storageState();
    this.cookie = (await first.cookies()).map((one) => `${one.name}=${one.value}`).join('; ');
    await first.close();
  }

  async login(page, password = this.broker.password, username = 'admin') {
    await page.goto(this.broker.url);
    await page.fill('input[name=username]', username);
    await page.fill('input[name=password]', password);
    await page.click('button[type=submit]');
    await page.waitForSelector('.frame');
  }

  /** @param {{theme?: string, width?: number, height?: number, fresh?: boolean, expected?: RegExp}} how */
  async test(name, run, how = {}) {
    if (this.only.length && !this.only.some((part) => name.includes(part))) return;
    const context = await this.browser.newContext({
      viewport: { width: how.width ?? 1280, height: how.height ?? 800 },
      colorScheme: how.theme ?? 'light',
      storageState: how.fresh ? undefined : this.state,
      permissions: ['clipboard-read', 'clipboard-write'],
      acceptDownloads: true,
    });
    const faults = [];
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MILLIS);
    page.on('console', (m) => {
      if (['error', 'warning'].includes(m.type()) && !how.expected?.test(m.text()))
        faults.push(`the console says: ${m.text()} ${m.location().url}`);
    });
    page.on('pageerror', (e) => faults.push(`an error that nobody caught: ${e.message}`));
    page.on('request', (r) => {
      const host = new URL(r.url()).hostname;
      if (host !== '127.0.0.1' && !/^(data|blob):/.test(r.url())) faults.push(`a request leaves the host: ${r.url()}`);
    });
    page.on('websocket', (w) => {
      if (new URL(w.url()).hostname !== '127.0.0.1') faults.push(`a WebSocket leaves the host: ${w.url()}`);
    });
    try {
      await run(page);
      check(faults.length === 0, faults.join('\n  '));
      this.say(true, name);
    } catch (e) {
      await page.screenshot({ path: path.join(SHOTS, `FAIL-${name.replace(/\W+/g, '-')}.png`) }).catch(() => {});
      this.say(
        false,
        name,
        `${e instanceof Failed ? e.message : e.message.split('\n').slice(0, 4).join(' ')}${faults.length ? `\n  ${faults.join('\n  ')}` : ''}`,
      );
    } finally {
      await context.close();
    }
  }

  say(passed, name, why = '') {
    if (passed) this.passed++;
    else this.failed++;
    console.log(passed ? `PASS ${name}` : `FAIL ${name}: ${why}`);
  }

  async show(page, hash) {
    await page.goto(this.broker.url + '/' + hash);
    await page.waitForSelector('main .head');
  }

  async close() {
    await this.browser?.close();
    console.log(`${this.passed} passed, ${this.failed} failed`);
  }
}
