// @ts-check
/** What can be done to a client, wherever it is shown. Each says what it will do before. */
import { h } from '../dom.js';
import { remove, post, part } from '../api.js';
import { ask, Field, toast } from '../ui.js';
import { count, plural } from '../format.js';

/** @param {string} id @returns {Promise<boolean>} */
export async function kick(id) {
  const done = await ask({
    title: `Kick ${id}?`,
    confirm: 'Kick',
    danger: true,
    body: () =>
      h(
        'p',
        null,
        'Its connection ends now with the reason "administrative action". It may connect again at once; a ban keeps it out. A session that outlives its connection stays, with all that waits in it.',
      ),
    run: () => remove(`/clients/${part(id)}`),
  });
  if (done) toast(`${id} was disconnected`);
  return done;
}

/** @param {string[]} ids */
export async function kickAll(ids) {
  const done = await ask({
    title: `Kick ${plural(ids.length, 'client')}?`,
    confirm: `Kick ${ids.length}`,
    danger: true,
    body: () => [
      h('p', null, 'Their connections end now. They may connect again at once.'),
      h(
        'pre',
        { class: 'code' },
        ids.slice(0, 50).join('\n') + (ids.length > 50 ? `\n… and ${ids.length - 50} more` : ''),
      ),
    ],
    run: () => post('/clients/kickout/bulk', { clientids: ids }),
  });
  if (done) toast(`${plural(ids.length, 'client')} disconnected`);
  return done;
}

/** @param {any} c the client's row */
export async function clearSession(c) {
  const done = await ask({
    title: `Clear the session of ${c.clientid}?`,
    confirm: 'Clear the session',
    danger: true,
    type: c.mqueue_len > 0 || c.subscriptions_cnt > 0 ? c.clientid : undefined,
    body: () =>
      h(
        'p',
        null,
        `${c.connected ? 'Its connection ends, and ' : ''}${plural(c.subscriptions_cnt ?? 0, 'subscription')}, ${count(c.mqueue_len ?? 0)} queued and ${count(c.inflight_cnt ?? 0)} in-flight messages are deleted. This cannot be undone.`,
      ),
    run: () => remove(`/sessions/${part(c.clientid)}`),
  });
  if (done) toast(`The session of ${c.clientid} is gone`);
  return done;
}

/**
 * Asks for the particulars of a ban.
 * @param {string} [kind] client, user or address @param {string} [subject]
 */
export async function ban(kind = 'client', subject = '') {
  let reason = '';
  let time = '1h';
  const done = await ask({
    title: subject ? `Ban ${subject}?` : 'Ban somebody',
    confirm: 'Ban',
    danger: true,
    body: (redraw) => [
      h(
        'p',
        { key: 'p' },
        'Connections of whom it concerns end at once, and new ones are refused as long as the ban holds.',
      ),
      h(
        'div',
        { class: 'form', key: 'f' },
        h(Field, {
          label: 'Who',
          type: 'select',
          value: kind,
          options: [
            ['client', 'client id'],
            ['user', 'user'],
            ['address', 'address or network'],
          ],
          onInput: (/** @type {string} */ v) => {
            kind = v;
            redraw();
          },
        }),
        h(Field, {
          label: kind === 'address' ? 'Address, or network such as 10.1.0.0/16' : 'Name',
          value: subject,
          onInput: (/** @type {string} */ v) => {
            subject = v;
            redraw();
          },
        }),
        h(Field, {
          label: 'For how long',
          type: 'select',
          value: time,
          options: [
            ['15m', '15 minutes'],
            ['1h', '1 hour'],
            ['24h', '24 hours'],
            ['7d', '7 days'],
            ['', 'for ever'],
          ],
          onInput: (/** @type {string} */ v) => {
            time = v;
            redraw();
          },
        }),
        h(Field, {
          label: 'Reason',
          value: reason,
          placeholder: 'for the others who administer',
          onInput: (/** @type {string} */ v) => {
            reason = v;
            redraw();
          },
        }),
      ),
    ],
    run: () => {
      if (!subject) throw new Error('Say who is to be banned.');
      return post('/banned', { kind, subject, reason, ...(time ? { time } : {}) });
    },
  });
  if (done) toast(`${kind} ${subject} is banned`);
  return done;
}
