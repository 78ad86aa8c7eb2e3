// The queue by keyboard: J and K move, Enter opens, / searches, N and P turn pages.

import { isTyping } from './shell.js';

// On a narrow screen the filters fold away unless one is in use.
const folded = document.getElementById('filters');
if (matchMedia('(max-width: 900px)').matches && !location.search) folded.open = false;

const links = [...document.querySelectorAll('#items .name')];
let at = -1;

function go(to) {
  if (!links.length) return;
  at = Math.max(0, Math.min(links.length - 1, to));
  links[at].focus();
  links[at].closest('tr').scrollIntoView({ block: 'nearest' });
}

for (const [index, link] of links.entries()) link.addEventListener('focus', () => { at = index; });

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  if (isTyping(event.target)) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  const acts = {
    j: () => go(at + 1),
    k: () => go(at - 1),
    ArrowDown: () => go(at + 1),
    ArrowUp: () => go(at - 1),
    '/': () => document.getElementById('text').focus(),
    n: () => document.getElementById('next')?.click(),
    p: () => history.back(),
    Enter: () => {
      if (event.target === document.body) {
        (links[at] ?? document.querySelector('.waiting a') ?? links[0])?.click();
      }
    },
  };
  const act = acts[event.key];
  if (!act || (event.key === 'Enter' && event.target !== document.body)) return;
  event.preventDefault();
  act();
});
