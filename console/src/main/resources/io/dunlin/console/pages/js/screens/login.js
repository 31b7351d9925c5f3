// @ts-check
import { h, view } from '../dom.js';
import { login } from '../api.js';
import { Button, Field } from '../ui.js';
import { switchTheme, scheme } from '../prefs.js';
import { follow } from '../dom.js';

export const Login = view((self) => {
  follow(self, scheme);
  let username = 'admin';
  let password = '';
  let busy = false;
  let problem = '';
  const submit = async (/** @type {any} */ e) => {
    e.preventDefault();
    self.change(() => {
      busy = true;
      problem = '';
    });
    try {
      await login(username, password);
    } catch (error) {
      self.change(() => {
        problem = String(/** @type {any} */ (error).message);
        password = '';
      });
    }
    self.change(() => {
      busy = false;
    });
  };
  return () =>
    h(
      'div',
      { class: 'login' },
      h(
        'form',
        { onSubmit: submit, class: 'card' },
        h('div', { class: 'brand' }, h('img', { src: '/icon.svg', alt: '' }), h('h1', null, 'Dunlin')),
        h(Field, {
          label: 'User',
          name: 'username',
          autocomplete: 'username',
          value: username,
          required: true,
          onInput: (/** @type {string} */ v) =>
            self.change(() => {
              username = v;
            }),
        }),
        h(Field, {
          label: 'Password',
          name: 'password',
          type: 'password',
          autocomplete: 'current-password',
          value: password,
          required: true,
          autofocus: true,
          onInput: (/** @type {string} */ v) =>
            self.change(() => {
              password = v;
            }),
        }),
        problem ? h('p', { class: 'problem', role: 'alert' }, problem) : null,
        h(
          'button',
          { type: 'submit', class: 'button primary', disabled: busy || !password },
          busy ? h('span', { class: 'spin' }) : null,
          'Log in',
        ),
        h(
          'p',
          { class: 'dim' },
          'The broker printed the first password of admin once, at its first start. ',
          h('code', null, 'dunlin console password'),
          ' sets another one.',
        ),
      ),
      h(
        'div',
        { class: 'corner' },
        h(Button, {
          icon: scheme.value === 'dark' ? 'sun' : 'moon',
          kind: 'quiet',
          title: 'Light or dark',
          onClick: switchTheme,
        }),
      ),
    );
});
