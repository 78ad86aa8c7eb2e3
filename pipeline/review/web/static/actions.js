// What a reviewer does becomes one request after another; each answer is the desk as it now is.

import { Refused, get, post, say, word } from './net.js';

export class Actions {
  constructor(work, { shown, kept }) {
    this.form = work.dataset.form;
    this.trail = work.dataset.trail;
    this.shown = shown;
    this.kept = kept;
    this.version = '';
    this.queue = Promise.resolve();
  }

  // Run one act after all that were asked for before; what it says of a refusal is told, not thrown.
  then(act) {
    this.queue = this.queue.then(act).catch((error) => {
      if (!(error instanceof Refused)) throw error;
      if (error.status !== 409) say(error.message);
    });
    return this.queue;
  }

  // One edit; gives what it did, or throws Refused. A conflict shows the other window's work first.
  async edit(request) {
    let response;
    try {
      response = await post(`/forms/${this.form}/edits${this.trail}`, { request, version: this.version });
    } catch (refused) {
      if (refused.status === 409) await this.#conflict(refused, request);
      throw refused;
    }
    return this.shown(await response.text());
  }

  // A window that is come back to says at once if another one changed the form; nothing typed is lost.
  async look() {
    const { version } = await (await get(`/api/forms/${this.form}/version`)).json();
    if (version === this.version) return false;
    await this.reload();
    say(word('web.js_changed_elsewhere'));
    return true;
  }

  async reload() {
    return this.shown(await (await get(`/forms/${this.form}/desk${this.trail}`)).text());
  }

  async #conflict(refused, request) {
    if (request.kind === 'value') this.kept(request);
    await this.reload();
    const box = document.getElementById('conflict');
    const list = document.createElement('ul');
    for (const words of refused.body.events ?? []) {
      const item = document.createElement('li');
      item.textContent = words;
      list.append(item);
    }
    const told = document.createElement('p');
    told.textContent = refused.message;
    const next = document.createElement('p');
    next.textContent = word(request.kind === 'value' ? 'web.js_conflict_kept' : 'web.js_conflict_again');
    box.replaceChildren(told, list, next);
    box.hidden = false;
  }
}
