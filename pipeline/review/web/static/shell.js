// What every page has: the theme, the list of keys.

import { word } from './net.js';

const THEMES = ['auto', 'light', 'dark'];
const theme = document.getElementById('theme');
theme.addEventListener('click', () => {
  const next = THEMES[(THEMES.indexOf(theme.dataset.themeNow) + 1) % THEMES.length];
  theme.dataset.themeNow = next;
  theme.textContent = word(`web.theme_${next}`);
  if (next === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  document.cookie = `hedui_theme=${next}; path=/; max-age=31536000; samesite=strict`;
});

const help = document.getElementById('help');
const open = () => { if (!help.open) help.showModal(); };
document.getElementById('help-open').addEventListener('click', open);

export function isTyping(target) {
  return target instanceof Element && target.matches('input, textarea, select, [contenteditable]');
}

document.addEventListener('keydown', (event) => {
  if (event.key === '?' && !isTyping(event.target) && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    open();
  }
});
