// The foot of the desk: which field is in focus, how it stands, why, and what can be done about it.

import { word } from './net.js';

const KINDS = { proven: 'good', doubtful: 'warn', edited: 'hand', confirmed: 'hand' };
const at = (id) => document.getElementById(id);

// `field` is the desk's view of what is in focus, `open` its doubt, `draft` whether it was typed in, `wrong` the card to confirm.
export function tell(desk, { field, open, draft, wrong }) {
  at('foot-name').textContent = field?.where ?? open?.where ?? word(desk.doubts.length ? 'web.js_start' : 'web.js_start_clear');
  const state = at('foot-state');
  state.textContent = field ? word(`web.state_${field.state}`) : '';
  state.className = `badge ${KINDS[field?.state] ?? ''}`;
  state.hidden = !field;
  const order = open ? word('web.js_nth', { number: open.number, count: desk.doubts.length }) : '';
  const printed = field?.printed && field.printed !== field.text ? word('web.js_printed', { text: field.printed }) : '';
  const read = field && field.state === 'edited' ? word('web.js_as_read', { text: field.as_read ?? '—' }) : '';
  at('foot-place').textContent = [order, printed, read].filter(Boolean).join(' · ');
  at('foot-why').textContent = open ? open.reasons.join(' ') : (field?.why ?? []).join(word('web.joint'));
  at('accept').disabled = !draft && !open;
  at('accept-word').textContent = word(draft ? 'web.save' : 'web.accept');
  at('absent').disabled = open ? !open.absent : !field || field.text === null;
  at('wrong').disabled = !wrong;
  at('row-acts').hidden = !field?.row;
}
