// @ts-check
import { h, view, follow, cx } from '../dom.js';
import { icon } from '../icons.js';
import { route, setQuery } from '../router.js';
import { all, newTab, stopTimed, tabsChanged } from './tester-model.js';
import { TestClient } from './tester-client.js';

export const Tester = view((self) => {
  follow(self, route, tabsChanged);
  const at = () => all.find((t) => String(t.id) === route.value.query.get('tab')) ?? all[0];
  self.onMount(() => {
    const topic = route.value.query.get('topic');
    if (topic) {
      at().publish.topic = topic;
      setQuery({ topic: '' });
    }
  });
  const add = () => {
    const tab = newTab();
    tab.connect.address = at().connect.address;
    all.push(tab);
    setQuery({ tab: tab.id });
  };
  const drop = (/** @type {any} */ tab) => {
    stopTimed(tab);
    tab.client?.end();
    all.splice(all.indexOf(tab), 1);
    if (all.length === 0) all.push(newTab());
    tabsChanged.value++;
    setQuery({ tab: '' });
  };
  return () => [
    h(
      'div',
      { class: 'head', key: 'head' },
      h('div', { class: 'crumbs' }, h('h1', null, 'Test client')),
      h('p', null, 'Real MQTT 5 connections from this page to a WebSocket listener of the broker.'),
    ),
    h(
      'nav',
      { class: 'tabs', key: 'tabs' },
      all.map((t) =>
        h(
          'a',
          { key: t.id, href: `#/test?tab=${t.id}`, class: cx({ on: t === at() }) },
          h('i', { class: cx('dot', t.client?.state === 'connected' ? 's5' : 's8') }),
          ' ',
          t.name,
        ),
      ),
      h('button', { class: 'link', type: 'button', onClick: add, title: 'Another client' }, icon('plus'), ' client'),
    ),
    h(TestClient, { key: at().id, tab: at(), drop, many: all.length > 1 }),
  ];
});
