// The web console in a real browser against a real broker with simulated furnaces.
//   node console.js [--only WORDS]...    screenshots go to target/
import { spawnSync } from 'node:child_process';
import { Broker } from './broker.js';
import { Harness } from './harness.js';
import { screens } from './screens.js';
import { packets } from './packets.js';
import { payloads } from './payloads.js';
import { actions } from './actions.js';

const only = process.argv.slice(2).filter((word) => word !== '--only');
const broker = new Broker();
const harness = new Harness(broker, only);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    harness.say(false, 'console', `ended by ${signal}`);
    broker.stop().finally(() => process.exit(1));
  });
}
if (!only.length || only.includes('types')) {
  const found = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], {
    cwd: new URL('.', import.meta.url),
    encoding: 'utf8',
  });
  harness.say(found.status === 0, 'types: the modules of the pages', found.stdout);
}
if (!only.length || only.includes('packets')) await packets(harness);
if (!only.length || only.includes('payloads')) await payloads(harness);
try {
  await broker.start();
  await harness.open();
  await actions(harness, broker);
  await screens(harness, broker);
} catch (e) {
  harness.failed++;
  console.log(`FAIL console: ${e.stack}`);
} finally {
  await harness.close();
  await broker.stop();
}
process.exitCode = harness.failed ? 1 : 0;
