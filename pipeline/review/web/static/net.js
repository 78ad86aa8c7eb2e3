// A request goes to this server with the page's CSRF token; an answer that is no success becomes Refused.

const csrf = document.querySelector('meta[name="csrf"]')?.content ?? '';
const words = JSON.parse(document.getElementById('words')?.textContent || '{}');

export class Refused extends Error {
  constructor(status, body) {
    super(typeof body.detail === 'string' ? body.detail : word('web.js_failed'));
    this.status = status;
    this.body = body;
  }
}

// The sentence of a code with its holes filled.
export function word(code, values = {}) {
  return (words[code] ?? code).replace(/\{(\w+)\}/g, (hole, name) => String(values[name] ?? hole));
}

async function answered(url, options) {
  let response;
  try {
    response = await fetch(url, { credentials: 'same-origin', cache: 'no-store', ...options });
  } catch {
    throw new Refused(0, { detail: word('web.js_no_server') });
  }
  if (response.ok) return response;
  let body = {};
  try { body = await response.json(); } catch { /* an answer without JSON says no more than its status */ }
  throw new Refused(response.status, body);
}

export async function get(url) {
  return answered(url, {});
}

export async function post(url, body) {
  return answered(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf },
    body: JSON.stringify(body),
  });
}

const said = document.getElementById('said');
let fading;

// Tell something in passing, to eyes and to screen readers.
export function say(text) {
  said.textContent = text;
  clearTimeout(fading);
  fading = setTimeout(() => { said.textContent = ''; }, 6000);
}
