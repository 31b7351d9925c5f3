// Each screen in both themes at 360, 1,280 and 3,840 pixels: nothing fails, nothing sticks out, nothing is said in the console.
import path from 'node:path';
import { SHOTS, check, until } from './harness.js';

const TOPIC = encodeURIComponent('plant/hall-1/furnace-003/temperature');

const SCREENS = {
  overview: '#/',
  clients: '#/clients',
  client: '#/clients/furnace-003',
  subscriptions: '#/clients/furnace-003?tab=subscriptions',
  events: '#/clients/furnace-003?tab=events',
  topics: `#/topics?at=${TOPIC}&n=value&limit=950`,
  talkers: '#/topics?tab=talkers',
  slow: '#/clients?tab=slow',
  board: `#/board?p=${encodeURIComponent(JSON.stringify({ t: 'Furnace 3', l: 900, u: '°C', s: [['plant/hall-1/furnace-003/temperature', 'value']] }))}`,
  retained: '#/retained',
  allsubscriptions: '#/subscriptions',
  shared: '#/subscriptions?tab=shared',
  why: `#/why?clientid=furnace-003&topic=${TOPIC}`,
  traces: '#/trace',
  test: '#/test',
  users: '#/security?tab=users',
  groups: '#/security?tab=groups',
  roles: '#/security?tab=roles',
  explain: '#/security?tab=explain',
  banned: '#/security?tab=banned',
  keys: '#/security?tab=keys',
  certificates: '#/security?tab=certificates',
  tokens: '#/security?tab=tokens',
  accounts: '#/security?tab=accounts',
  auditlog: '#/security?tab=log',
  system: '#/system',
  listeners: '#/system?tab=listeners',
  log: '#/system?tab=log',
  config: '#/system?tab=config',
  backup: '#/system?tab=backup',
};
const WIDTHS = { 1280: 800, 360: 740, 3840: 2160 };

export async function screens(harness) {
  for (const [name, hash] of Object.entries(SCREENS)) {
    await harness.test(`screen: ${name}`, async (page) => {
      await harness.show(page, hash);
      await until(async () => (await page.locator('.state.loading').count()) === 0, 'it loads');
      await page.waitForTimeout(1500);
      for (const [width, height] of Object.entries(WIDTHS)) {
        await page.setViewportSize({ width: Number(width), height });
        for (const colorScheme of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme });
          await page.waitForTimeout(150);
          check(
            (await page.locator('.state.failure').count()) === 0,
            `it says: ${await page.locator('.state.failure').allInnerTexts()}`,
          );
          const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          check(over <= 0, `at ${width} it sticks out by ${over} pixels`);
          await page.screenshot({ path: path.join(SHOTS, `${name}-${colorScheme}-${width}.png`) });
        }
      }
    });
  }
}
