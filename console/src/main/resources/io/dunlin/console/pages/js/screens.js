// @ts-check
/** All screens in the order of the menu: path, name, icon, the letter after g, who may see it, the route it lives on. */
import { Overview } from './screens/overview.js';
import { Clients } from './screens/clients.js';
import { Topics } from './screens/topics.js';
import { Board } from './screens/board.js';

/**
 * @typedef {object} Screen
 * @property {string} path
 * @property {string} name
 * @property {string} icon
 * @property {string} key
 * @property {string} group
 * @property {any} view
 * @property {'viewer'|'operator'|'admin'} [role]
 * @property {string} [needs] a route of the API without which there is no such screen
 * @property {boolean} [each] made anew for each address below it
 */

/** @type {Screen[]} */
export const SCREENS = [
  { path: '', name: 'Overview', icon: 'overview', key: 'o', group: '', view: Overview },
  { path: 'clients', name: 'Clients', icon: 'clients', key: 'c', group: '', view: Clients, each: true },
  { path: 'topics', name: 'Topics', icon: 'topics', key: 't', group: '', view: Topics, needs: '/topics' },
  { path: 'board', name: 'Board', icon: 'board', key: 'b', group: '', view: Board },
];
