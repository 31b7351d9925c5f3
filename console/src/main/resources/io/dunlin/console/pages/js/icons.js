// @ts-check
/** Our own line icons on a grid of 16. */
import { h } from './dom.js';

/** @type {Record<string, string>} */
const PATHS = {
  overview: 'M2 9l3-4 3 5 2-3 4 5M2 14h12M2 2v12',
  clients: 'M3 3h10v7H3zM6 13h4M8 10v3',
  topics: 'M3 3h3v3H3zM10 5h3v3h-3zM10 10h3v3h-3zM6 4.5h2v7h2M8 6.5h2',
  board: 'M2 3h12v10H2zM2 8h6M8 3v10M10.500 10.500l1.500-2.500',
  retained: 'M4 2h8v12l-4-3-4 3z',
  subscriptions: 'M2 4h8M2 8h6M2 12h8M11 6l2 2-2 2M9 8h4',
  trace: 'M2 8h2l2-5 3 10 2-5h3',
  why: 'M8 2a6 6 0 100 12A6 6 0 008 2zM6.200 6.200a1.900 1.900 0 113 1.600c-.8.500-1.200.9-1.200 1.700M8 11.500v.2',
  test: 'M6 2h4M7 2v4l-4 7h10L9 6V2M5 10h6',
  security: 'M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4z',
  system: 'M2 3h12v4H2zM2 9h12v4H2zM4.500 5h.1M4.500 11h.1',
  search: 'M7 2.500a4.500 4.500 0 100 9 4.500 4.500 0 000-9zM10.300 10.300L14 14',
  sun: 'M8 5a3 3 0 100 6 3 3 0 000-6zM8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.500 1.500M11.500 11.500L13 13M3 13l1.500-1.500M11.500 4.500L13 3',
  moon: 'M13 9.500A5.500 5.500 0 016.500 3a5.500 5.500 0 106.500 6.500z',
  menu: 'M2 4h12M2 8h12M2 12h12',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.500l3.500 3.500L13 4.500',
  warn: 'M8 2.500L14.500 13h-13zM8 6.500v3M8 11.300v.1',
  info: 'M8 2a6 6 0 100 12A6 6 0 008 2zM8 7.200v4M8 4.800v.1',
  right: 'M6 4l4 4-4 4',
  down: 'M4 6l4 4 4-4',
  up: 'M4 10l4-4 4 4',
  copy: 'M5 5V2h9v9h-3M2 5h9v9H2z',
  download: 'M8 2v8M5 7l3 3 3-3M2 13h12',
  upload: 'M8 10V2M5 5l3-3 3 3M2 13h12',
  columns: 'M2 3h12v10H2zM6 3v10M10 3v10',
  refresh: 'M13 8a5 5 0 11-1.500-3.500M13 2v3h-3',
  pin: 'M6 2h4l-.5 4L12 8.500H4L6.500 6zM8 8.500V14',
  chart: 'M2 2v12h12M4.500 10l3-3 2 2 4-5',
  play: 'M5 3l8 5-8 5z',
  stop: 'M4 4h8v8H4z',
  pause: 'M5 3v10M11 3v10',
  plus: 'M8 3v10M3 8h10',
  trash: 'M3 4h10M6 4V2.500h4V4M4.500 4l.5 9.500h6l.5-9.500M7 7v4M9 7v4',
  key: 'M10.500 2.500a3 3 0 11-2.700 4.300L3 11.500V13.500h2.500V12H7v-1.500h1.500M11.300 4.700h.1',
  user: 'M8 2.500a2.500 2.500 0 100 5 2.500 2.500 0 000-5zM3 14c0-3 2-4.500 5-4.500S13 11 13 14',
  logout: 'M9 3H3v10h6M7 8h7M11.500 5.500L14 8l-2.500 2.500',
  send: 'M14 2L2 7l5 2 2 5z',
  edit: 'M3 13l.7-3L10.500 3.200l2.300 2.300L6 12.300z',
  more: 'M4 8h.1M8 8h.1M12 8h.1',
  keyboard: 'M1.500 4h13v8h-13zM4 6.500h.1M7 6.500h.1M10 6.500h.1M12 6.500h.1M5 9.500h6',
  ban: 'M8 2a6 6 0 100 12A6 6 0 008 2zM3.800 3.800l8.400 8.400',
  terminal: 'M2 3h12v10H2zM4.500 6l2 2-2 2M8.500 10h3',
  kick: 'M10 3h3v10h-3M2 8h8M7 5l3 3-3 3',
};

/** @param {string} name @param {string} [title] read aloud; without it the icon is decoration */
export function icon(name, title) {
  return h(
    'svg',
    {
      class: 'icon',
      viewBox: '0 0 16 16',
      'aria-hidden': title ? undefined : 'true',
      role: title ? 'img' : undefined,
      'aria-label': title,
    },
    h('path', { d: PATHS[name] ?? PATHS.info }),
  );
}
