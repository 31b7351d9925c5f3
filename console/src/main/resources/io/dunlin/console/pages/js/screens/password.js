// @ts-check
import { h } from '../dom.js';
import { ask, Field, toast } from '../ui.js';
import { post } from '../api.js';

/** Asks for a new password of one's own. */
export async function changePassword() {
  let old = '';
  let next = '';
  let again = '';
  const done = await ask({
    title: 'Change the password',
    confirm: 'Change',
    body: (redraw) => [
      h(Field, {
        key: 1,
        label: 'Password now',
        type: 'password',
        autocomplete: 'current-password',
        value: old,
        onInput: (/** @type {string} */ v) => {
          old = v;
          redraw();
        },
      }),
      h(Field, {
        key: 2,
        label: 'New password',
        type: 'password',
        autocomplete: 'new-password',
        value: next,
        hint: 'At least 8 characters.',
        onInput: (/** @type {string} */ v) => {
          next = v;
          redraw();
        },
      }),
      h(Field, {
        key: 3,
        label: 'New password again',
        type: 'password',
        autocomplete: 'new-password',
        value: again,
        problem: again && again !== next ? 'This is not the same.' : '',
        onInput: (/** @type {string} */ v) => {
          again = v;
          redraw();
        },
      }),
    ],
    run: async () => {
      if (next !== again) throw new Error('The new password was not typed the same twice.');
      await post('/password', { old_password: old, new_password: next });
    },
  });
  if (done) toast('The password is changed');
}
