// The layout page: roles chosen, what they would do shown, then applied or an earlier version put back.

import { get, post, say, word } from './net.js';
import { isTyping } from './shell.js';

const page = document.getElementById('layout');
const at = (id) => document.getElementById(id);
const selects = [...document.querySelectorAll('select.role')];
const api = `/api/layouts/${page.dataset.key}`;
let busy = false;
let previewed = '';  // the roles whose effect is shown

const roles = () => Object.fromEntries(selects.filter((one) => one.value).map((one) => [one.dataset.slot, one.value]));

const isMoved = () => selects.some((one) => one.value !== one.dataset.was);

function moved() {
  for (const one of selects) one.closest('tr').classList.toggle('moved', one.value !== one.dataset.was);
}

async function whole(act) {
  if (busy) return;
  busy = true;
  for (const id of ['preview', 'apply']) at(id).disabled = true;
  try {
    await act();
  } catch (refused) {
    if (refused.status === 409) {
      at('conflict').textContent = `${refused.message} ${word('web.js_layout_conflict')}`;
      at('conflict').hidden = false;
    } else say(refused.message);
  } finally {
    busy = false;
    for (const id of ['preview', 'apply']) at(id).disabled = false;
  }
}

const preview = () => whole(async () => {
  say(word('web.js_previewing'));
  const box = at('effect'), wanted = JSON.stringify(roles());
  box.replaceChildren(document.createRange().createContextualFragment(await (await post(`/layouts/${page.dataset.key}/preview`, { roles: roles() })).text()));
  box.hidden = false;
  box.scrollIntoView({ block: 'nearest' });
  previewed = wanted;
  say('');
});

const reload = (applied) => {
  say(word('web.js_applied', applied));
  location.assign(`/layouts/${page.dataset.key}?done=${applied.files}-${applied.accepted}-${applied.review}`);
};

// Roles that were changed are applied once their effect was shown; those as proposed at once.
const apply = async () => {
  if (!isMoved() || previewed === JSON.stringify(roles())) return confirm();
  await preview();
  if (previewed === JSON.stringify(roles())) say(word('web.js_preview_first'));
  return undefined;
};

const confirm = () => whole(async () => {
  say(word('web.js_applying'));
  reload(await (await post(api, { roles: roles(), version: Number(page.dataset.version), reason: at('reason').value.trim() })).json());
});

const back = (number) => whole(async () => {
  say(word('web.js_applying'));
  reload(await (await post(`${api}/back`, { number, version: Number(page.dataset.version), reason: at('reason').value.trim() })).json());
});

// The column in hand lights up in the sample rows.
function lightUp(slot) {
  const cells = [...document.querySelectorAll('.samples [data-column]')];
  for (const one of cells) one.classList.toggle('lit', slot !== '' && one.dataset.column === slot);
  cells.find((one) => one.classList.contains('lit'))?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

for (const one of selects) {
  one.addEventListener('change', moved);
  one.addEventListener('focus', () => lightUp(one.dataset.slot));
}
at('preview').addEventListener('click', preview);
at('apply').addEventListener('click', apply);
const all = (slot) => whole(async () => {
  say(word('web.js_previewing'));
  const html = await (await get(`/layouts/${page.dataset.key}/options/${slot}`)).text();
  at(`tried-${slot}`).replaceChildren(document.createRange().createContextualFragment(html));
  say('');
});

page.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  const { back: number, all: slot, roles: given } = button?.dataset ?? {};
  if (number) back(Number(number));
  if (slot) all(slot);
  if (given) {
    const wanted = JSON.parse(given);
    for (const one of selects) one.value = wanted[one.dataset.slot] ?? one.value;
    moved();
    preview();
  }
});
// Letters choose a role in a list: there the keys need Alt.
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || document.querySelector('dialog[open]')) return;
  if (isTyping(event.target) && !event.altKey) return;
  const act = { KeyV: preview, KeyS: apply, KeyQ: () => at('to-queue').click() }[event.code];
  if (!act) return;
  event.preventDefault();
  act();
});
document.querySelector('tr.open select')?.focus();
