// The form page: one place that knows what is in focus, what each key means there, and what comes next.

import { Actions } from './actions.js';
import { tell } from './foot.js';
import { Fields } from './inputs.js';
import { say, word } from './net.js';
import { Reason } from './reason.js';
import { addAtEnd, fieldIn, rowAct } from './rows.js';
import { Viewer } from './viewer.js';

const work = document.getElementById('work');
const root = document.getElementById('desk');
const at = (id) => document.getElementById(id);
const fields = new Fields(root);
const viewer = new Viewer(work.querySelector('.viewer'), { onCell: picked, onHover: pointed });
const actions = new Actions(work, { shown, kept: (request) => typed.set(request.pointer, request.text) });
const reason = new Reason(root);
const typed = new Map();
let desk = JSON.parse(at('desk-data').textContent);
let now = null;  // the pointer of the field, or cell, that keys speak of
let walked = null;  // the field that was come to by key and not yet worked in: J and K go on from there
let splitting = false;
let noted = 0;  // the timer that writes the field in focus into the address

const view = (pointer) => desk.fields.find((field) => field.pointer === pointer);
const doubt = (pointer) => desk.doubts.find((one) => one.pointer === pointer);
const cardOf = (element) => desk.cards.find((card) => card.finding_id === element?.closest?.('.card')?.dataset.finding);
const blocking = () => desk.cards.find((card) => card.blocks);

// Draw the desk that came back, keep what was typed, scrolled and opened; gives what the edit did.
function shown(html) {
  const scrolled = root.querySelector('.body')?.scrollTop ?? 0;
  const opened = root.querySelector('.history')?.open;
  root.replaceChildren(document.createRange().createContextualFragment(html));
  desk = JSON.parse(at('desk-data').textContent);
  settleIn();
  root.querySelector('.body').scrollTop = scrolled;
  if (opened) root.querySelector('.history').open = true;
  root.dispatchEvent(new Event('hedui-drawn'));
  return JSON.parse(at('result-data').textContent);
}

function settleIn() {
  actions.version = desk.version;
  reason.restore();
  for (const [pointer, text] of typed) if (fields.of(pointer)) fields.drafts.set(pointer, { text, cell: null });
  typed.clear();
  fields.refresh();
  viewer.update(desk);
  focused(now && (view(now) || doubt(now)) ? now : null);
}

// The field in focus: its cells on the page, its state and its reasons below.
function focused(pointer) {
  now = pointer;
  clearTimeout(noted);
  noted = setTimeout(() => history.replaceState(history.state, '', `${location.pathname}${location.search}${now ? `#${now}` : ''}`), 300);
  const field = pointer && view(pointer), open = pointer && doubt(pointer);
  for (const row of root.querySelectorAll('tr.here')) row.classList.remove('here');
  const element = pointer && fields.of(pointer);
  element?.closest('tr')?.classList.add('here');
  const cells = field?.cells ?? (open ? [open.pointer] : []);
  viewer.mark('here', cells);
  tell(desk, { field, open, draft: pointer && fields.drafts.has(pointer), wrong: wrongOf(pointer) });
  return cells;
}

const wrongOf = (pointer) => desk.cards.find((card) => card.can_confirm && !card.confirmed && card.operands.some((one) => one.pointer === pointer));

function pointed(cell) {
  const pointers = cell ? viewer.cells.get(cell)?.pointers ?? [] : [];
  for (const element of root.querySelectorAll('.holds.lit')) element.classList.remove('lit');
  for (const pointer of pointers) fields.of(pointer)?.closest('.holds').classList.add('lit');
  viewer.mark('lit', cell ? [cell] : []);
}

function goTo(pointer, select = true) {
  const element = fields.of(pointer) ?? root.querySelector(`.loose-doubt[data-pointer="${CSS.escape(pointer)}"]`);
  if (!element) return false;
  if (!element.offsetParent) spare(true);
  element.focus();
  if (select && element.tagName === 'TEXTAREA' && element.value.length < 60) element.select();
  element.scrollIntoView({ block: 'nearest' });
  walked = select ? pointer : null;
  return true;
}

function goToCard(card) {
  const element = root.querySelector(`.card[data-finding="${CSS.escape(card.finding_id)}"]`);
  element.focus();
  element.scrollIntoView({ block: 'nearest' });
}

// After an act at `pointer`: the next doubt in order, else what still blocks, else the end.
function onward(pointer, order) {
  const from = order.indexOf(pointer);
  const next = desk.doubts.find((one) => order.indexOf(one.pointer) > from) ?? desk.doubts[0];
  if (next && goTo(next.pointer)) return;
  const card = blocking();
  if (card) goToCard(card);
  else (at('settle') ?? at('form-after') ?? at('to-queue')).focus();
}

const order = () => desk.doubts.map((one) => one.pointer);

function step(by) {
  const pointers = order();
  if (!pointers.length) return onward(null, []);
  const from = pointers.indexOf(now);
  const to = from < 0 ? (by > 0 ? 0 : pointers.length - 1) : from + by;
  if (to < 0 && desk.cards.length) return goToCard(desk.cards[0]);
  if (to >= pointers.length) return (at('settle') ?? at('to-queue')).focus();
  return goTo(pointers[Math.max(0, to)]);
}

async function done(request, why = reason.text) {
  const result = await actions.edit(reason.with(request, why));
  reason.clear();
  const warned = desk.cards.filter((card) => !card.blocks && !card.confirmed).length;
  const holds = word(desk.equations_block ? 'web.js_fail' : warned ? 'web.js_warned' : 'web.js_hold', { count: desk.equations_block || warned });
  const told = word('web.js_done', { done: result.words, holds });
  say(told);
  if (result.others.length) {
    // Cells and neighbours are others now: the whole page anew, and what was done told there.
    sessionStorage.setItem('hedui-said', told);
    location.reload();
  }
  return result;
}

// Keep what the field says: a draft as its value, else the doubt accepted.
async function accept(move = true) {
  const pointer = now, before = order(), draft = fields.drafts.get(pointer);
  if (!pointer) return;
  if (draft) {
    fields.drafts.delete(pointer);
    const request = { kind: 'value', pointer, ...(draft.cell ? { cell: draft.cell } : { text: draft.text }) };
    try {
      await (draft.text.trim() ? done(request) : done({ kind: 'absent', pointer }));
    } catch (refused) {
      if (refused.status !== 409) {
        fields.drafts.set(pointer, draft);
        fields.refresh();
      }
      goTo(pointer, false);
      throw refused;
    }
  } else if (doubt(pointer)) await done(doubt(pointer).accept);
  if (move) onward(pointer, before);
  else goTo(pointer, false);
}

async function absent() {
  const pointer = now, before = order();
  if (!pointer || at('absent').disabled) return;
  fields.drafts.delete(pointer);
  await done(doubt(pointer)?.absent ?? { kind: 'absent', pointer });
  onward(pointer, before);
}

async function wrong(card) {
  const pointer = now, before = order();
  if (!card || !card.can_confirm || card.confirmed) return;
  await done({ kind: 'source_error', finding: card.finding_id });
  const next = blocking();
  if (next) goToCard(next);
  else onward(pointer, before);
}

async function guess(card, index) {
  const found = card?.guesses[index];
  if (!found?.edits.length) return;
  const before = order(), why = reason.text;
  for (const request of found.edits) await done(request, why);
  const next = blocking();
  if (next) goToCard(next);
  else onward(found.edits.at(-1).pointer, before);
}

async function settle() {
  const button = at('settle');
  const [draft] = fields.drafts.keys();
  if (!button) return;
  if (draft) {
    say(word('web.js_unsaved'));
    goTo(draft, false);
  } else if (blocking() && desk.equations_block) {
    say(button.title);
    goToCard(blocking());
  } else {
    await done({ kind: 'settle', accept_rest: button.dataset.rest === '1' });
    (at('form-after') ?? at('to-queue')).focus();
  }
}

async function undo(edit_id = null) {
  if (at('undo').disabled && !edit_id) return;
  await done({ kind: 'undo', edit_id });
  const card = blocking();
  if (now && goTo(now)) return;
  if (card) goToCard(card);
  else onward(null, []);
}

// Rows: added below the field's row, deleted, split, merged with the next.
async function onRow(kind) {
  const act = rowAct(desk, view(now)?.row, kind), column = now?.split('/').at(-1);
  if (!act) return undefined;
  if (!act.request) return say(word('web.js_no_next_row'));
  const added = (await done(act.request)).row;
  return enterRow(added ?? (desk.rows.some((one) => one.row === act.row) ? act.row : act.beside), added ? null : column);
}

async function addRow(table) {
  enterRow((await done(addAtEnd(desk, table))).row, null);
}

function enterRow(row, column) {
  const pointer = fieldIn(desk, row, column, (one) => fields.of(one)?.offsetParent);
  if (pointer) goTo(pointer);
}

// A cell on the page was clicked: it fills the field in focus, or leads to the field that stands in it.
function picked(cell, event) {
  const found = viewer.cells.get(cell);
  if (splitting) {
    splitMode(false);
    actions.then(() => done({ kind: 'split', cell }));
    return;
  }
  const element = now && fields.of(now);
  const inFocus = element && document.activeElement === element;
  const already = inFocus && view(now)?.cells.includes(cell);
  if (!inFocus || already || event.ctrlKey || event.metaKey) {
    const [pointer] = found?.pointers ?? [];
    if (pointer) goTo(pointer);
    else if (doubt(cell)) goTo(cell);
    return;
  }
  const pointer = now, row = view(now)?.row, added = desk.rows.find((one) => one.row === row)?.added;
  if (view(now).text === null && !fields.drafts.has(now)) {
    // Nothing can be lost in a blank field: it takes the cell at once, and an added row goes on to its next field.
    actions.then(async () => {
      await done({ kind: 'value', pointer, cell });
      const rest = desk.fields.slice(desk.fields.findIndex((field) => field.pointer === pointer) + 1);
      const next = added && rest.find((field) => field.row === row && field.text === null && fields.of(field.pointer)?.offsetParent);
      goTo(next ? next.pointer : pointer);
    });
    return;
  }
  if (element.tagName === 'SELECT') return;
  element.value = found.text;
  fields.draft(element, view(now).text, cell);
  focused(now);
  say(word('web.js_picked'));
}

function splitMode(on) {
  splitting = on;
  work.classList.toggle('splitting', on);
  at('split-form')?.setAttribute('aria-pressed', String(on));
  if (on) say(word('web.js_split'));
}

function spare(on) {
  at('show-spare')?.setAttribute('aria-pressed', String(root.classList.toggle('all', on)));
}

root.addEventListener('focusin', (event) => {
  const target = event.target;
  if (target.matches('.field, .loose-doubt')) {
    viewer.mark('loud', []);
    viewer.show(focused(target.dataset.pointer));
  } else if (target.matches('.card')) {
    const cells = cardOf(target).operands.flatMap((one) => one.cells);
    focused(null);
    viewer.mark('loud', cells);
    viewer.show(cells);
  }
});
root.addEventListener('input', (event) => {
  if (!event.target.matches('.field')) return;
  fields.draft(event.target, view(event.target.dataset.pointer).text);
  focused(event.target.dataset.pointer);
});
root.addEventListener('change', (event) => { if (event.target.matches('select.field')) actions.then(() => accept(false)); });
root.addEventListener('mouseover', (event) => {
  const pointer = event.target.closest?.('.holds')?.querySelector('.field')?.dataset.pointer ?? event.target.closest?.('[data-go]')?.dataset.go;
  viewer.mark('lit', pointer ? view(pointer)?.cells ?? [] : []);
});
root.addEventListener('mouseleave', () => viewer.mark('lit', []));
// A button of the foot speaks of the field in focus, which keeps it.
root.addEventListener('mousedown', (event) => {
  if (event.target.closest('#foot button')) event.preventDefault();
  else walked = null;
});

const presses = {
  accept: () => accept(), absent, wrong: () => wrong(wrongOf(now)), settle, undo: () => undo(),
  reopen: () => done({ kind: 'reopen' }),
  'row-add': () => onRow('add_row'), 'row-delete': () => onRow('delete_row'),
  'row-split': () => onRow('split_row'), 'row-merge': () => onRow('merge_rows'),
  'no-form': () => done({ kind: 'no_form' }), 'join-next': () => done({ kind: 'join' }),
};
root.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const { go, wrong: finding, guess: index, add, undo: edit } = button.dataset;
  if (go) goTo(go);
  else if (finding) actions.then(() => wrong(cardOf(button)));
  else if (index) actions.then(() => guess(cardOf(button), Number(index)));
  else if (add) actions.then(() => addRow(add));
  else if (edit) actions.then(() => undo(edit));
  else if (button.id === 'show-spare') spare(!root.classList.contains('all'));
  else if (button.id === 'split-form') splitMode(!splitting);
  else if (presses[button.id]) actions.then(presses[button.id]);
});

const inField = {
  Enter: () => { if (now && (fields.drafts.has(now) || doubt(now))) actions.then(() => accept()); else step(1); },
  Escape: () => {
    const element = fields.of(now);
    if (fields.drafts.has(now)) fields.drop(element, view(now).text);
    else if (blocking()) goToCard(blocking());
    else at('canvas').focus();
    focused(now);
  },
};
function showHistory() {
  const box = root.querySelector('.history');
  box.open = !box.open;
  box.querySelector('summary').focus();
}

const withAlt = {
  KeyR: () => at('reason')?.focus(), KeyH: showHistory, KeyP: () => at('print').click(),
  KeyN: () => at('no-form') && done({ kind: 'no_form' }), KeyJ: () => at('join-next') && done({ kind: 'join' }),
  KeyC: () => at('split-form') && splitMode(!splitting),
  KeyX: absent, KeyW: () => wrong(wrongOf(now) ?? blocking()), KeyS: settle, KeyU: () => undo(),
  KeyA: () => onRow('add_row'), KeyD: () => onRow('delete_row'), KeyT: () => onRow('split_row'), KeyM: () => onRow('merge_rows'),
};
const outside = {
  j: () => step(1), k: () => step(-1), '+': () => viewer.zoomBy(1), '=': () => viewer.zoomBy(1), '-': () => viewer.zoomBy(-1), 0: () => viewer.zoomTo(1),
  n: () => at('form-after')?.click(), p: () => at('form-before')?.click(), q: () => at('to-queue').click(),
  w: () => actions.then(() => wrong(cardOf(document.activeElement) ?? blocking())),
  s: () => actions.then(settle), u: () => actions.then(() => undo()),
  x: () => actions.then(absent),
  PageDown: () => viewer.turn(viewer.page + 1), PageUp: () => viewer.turn(viewer.page - 1),
};

document.addEventListener('keydown', (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || document.querySelector('dialog[open]')) return;
  const target = event.target, field = target.matches?.('.field'), loose = target.matches?.('.loose-doubt');
  const take = (act) => { event.preventDefault(); act(); };
  if (event.altKey) {
    if (withAlt[event.code]) take(() => actions.then(withAlt[event.code]));
  } else if (target.id === 'reason') {
    if (event.key === 'Enter' || event.key === 'Escape') take(() => reason.leave(event.key === 'Escape', fields.of(now ?? '') ?? root.querySelector('.card') ?? at('canvas')));
  } else if (splitting && event.key === 'Escape') take(() => splitMode(false));
  else if (splitting && event.key === 'Enter' && field && view(now)?.cells.length) take(() => picked(view(now).cells[0], event));
  else if (event.key === 'Tab' && (field || loose) && order().length) {
    const draft = field && fields.drafts.has(now), by = event.shiftKey ? -1 : 1;
    take(() => (draft ? actions.then(async () => { await accept(false); step(by); }) : step(by)));
  } else if (field) {
    const on = { j: 1, k: -1 }[event.key];
    // An input method's first letter comes as keyCode 229: that is typing.
    if (on && walked === now && !fields.drafts.has(now) && event.keyCode !== 229 && order().length) {
      take(() => step(on));
      return;
    }
    if (!['Shift', 'Enter'].includes(event.key)) walked = null;
    if (inField[event.key] && !event.shiftKey) take(inField[event.key]);
    else if (event.key.startsWith('Arrow') && !event.shiftKey) {
      const beside = fields.beside(target, event.key);
      if (beside) take(() => goTo(beside.dataset.pointer));
    }
  } else if (loose && event.key === 'Enter') take(() => actions.then(() => accept()));
  else if (target.matches?.('.card') && event.key === 'Enter') {
    const card = cardOf(target);
    const [first] = [...card.operands].sort((one, two) => Boolean(doubt(two.pointer)) - Boolean(doubt(one.pointer)));
    take(() => goTo(first.pointer));
  } else if (/^[1-9]$/.test(event.key)) take(() => actions.then(() => guess(cardOf(target) ?? blocking(), Number(event.key) - 1)));
  else if (outside[event.key] && !(event.shiftKey && event.key !== '+')) take(outside[event.key]);
});

document.addEventListener('visibilitychange', () => { if (!document.hidden) actions.then(async () => { if (await actions.look() && now) goTo(now, false); }); });
// Leaving with something typed and not saved is asked about by the browser itself.
window.addEventListener('beforeunload', (event) => { if (fields.drafts.size) event.preventDefault(); });

settleIn();
say(sessionStorage.getItem('hedui-said') ?? '');
sessionStorage.removeItem('hedui-said');
const deep = decodeURIComponent(location.hash.slice(1));
if (!deep || !goTo(deep)) {
  if (blocking()) goToCard(blocking());
  else onward(null, []);
  if (!now && !blocking()) viewer.show(desk.cells.filter((cell) => cell.kind === 'cell').slice(0, 1).map((cell) => cell.cell), 'start');
}
work.dataset.ready = '1';
performance.mark('hedui-ready');
