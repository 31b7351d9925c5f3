// @ts-check
/** Where the console begins: who is logged in decides what is shown. */
import { h, render, view, follow } from './dom.js';
import { session, online, whoami } from './api.js';
import { Toasts, Dialogs, Loading, Failure } from './ui.js';
import { Login } from './screens/login.js';
import { Shell } from './shell.js';
import './prefs.js';

const App = view((self) => {
  /** @type {any} */
  let problem;
  follow(self, session);
  const begin = async () => {
    try {
      problem = undefined;
      await whoami();
    } catch (e) {
      self.change(() => {
        problem = e;
      });
    }
  };
  self.onMount(() => {
    begin();
  });
  self.every(3000, () => {
    if (!online.value)
      whoami().catch(() => {
        online.value = false;
      });
  });
  return () => [
    session.value === undefined
      ? problem
        ? h(Failure, { error: problem, retry: begin })
        : h(Loading, { label: 'Loading the console …' })
      : session.value === null
        ? h(Login, {})
        : h(Shell, {}),
    h(Dialogs, {}),
    h(Toasts, {}),
  ];
});

const place = /** @type {HTMLElement} */ (document.getElementById('app'));
place.replaceChildren();
render(h(App, {}), place);
