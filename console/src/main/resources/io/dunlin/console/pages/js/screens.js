// @ts-check
/** All screens in the order of the menu: path, name, icon, the letter after g, who may see it. */
import { Overview } from './screens/overview.js';
import { Clients } from './screens/clients.js';
import { Topics } from './screens/topics.js';
import { Board } from './screens/board.js';
import { Retained } from './screens/retained.js';
import { Subscriptions } from './screens/subscriptions.js';
import { Trace } from './screens/trace.js';
import { Why } from './screens/why.js';
import { Tester } from './screens/tester.js';
import { Security } from './screens/security.js';
import { System } from './screens/system.js';

/**
 * @typedef {object} Screen
 * @property {string} path
 * @property {string} name
 * @property {string} icon
 * @property {string} key
 * @property {string} group
 * @property {any} view
 * @property {'viewer'|'operator'|'admin'} [role]
 * @property {boolean} [each] made anew for each address below it
 */

/** @type {Screen[]} */
export const SCREENS = [
  { path: '', name: 'Overview', icon: 'overview', key: 'o', group: '', view: Overview },
  { path: 'clients', name: 'Clients', icon: 'clients', key: 'c', group: '', view: Clients, each: true },
  { path: 'topics', name: 'Topics', icon: 'topics', key: 't', group: '', view: Topics },
  { path: 'board', name: 'Board', icon: 'board', key: 'b', group: '', view: Board },
  { path: 'retained', name: 'Retained', icon: 'retained', key: 'r', group: '', view: Retained },
  { path: 'subscriptions', name: 'Subscriptions', icon: 'subscriptions', key: 'u', group: '', view: Subscriptions },
  { path: 'why', name: 'Why', icon: 'why', key: 'w', group: 'Find out', view: Why },
  {
    path: 'trace',
    name: 'Packet trace',
    icon: 'trace',
    key: 'p',
    group: 'Find out',
    view: Trace,
    role: 'operator',
    each: true,
  },
  { path: 'test', name: 'Test client', icon: 'test', key: 'e', group: 'Find out', view: Tester },
  {
    path: 'security',
    name: 'Security',
    icon: 'security',
    key: 's',
    group: 'Administer',
    view: Security,
    role: 'operator',
  },
  { path: 'system', name: 'System', icon: 'system', key: 'y', group: 'Administer', view: System },
];
