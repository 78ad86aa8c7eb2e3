// The fields of the desk in the document: found by pointer, walked by arrows, with what was typed and not yet saved.

const grows = !CSS.supports('field-sizing', 'content');

export class Fields {
  constructor(root) {
    this.root = root;
    this.drafts = new Map();
  }

  all() { return [...this.root.querySelectorAll('.field')]; }

  of(pointer) { return this.root.querySelector(`.field[data-pointer="${CSS.escape(pointer)}"]`); }

  // After the desk was drawn anew: what was typed stands where it stood, and each part has a way in for Tab.
  refresh() {
    for (const [pointer, draft] of this.drafts) {
      const field = this.of(pointer);
      if (!field || field.value === draft.text) this.drafts.delete(pointer);
      else {
        field.value = draft.text;
        field.closest('.holds').classList.add('draft');
      }
    }
    for (const part of this.root.querySelectorAll('.panel')) {
      const fields = [...part.querySelectorAll('.field')];
      if (fields.length && !fields.some((field) => field.tabIndex === 0)) (fields.find((field) => field.offsetParent) ?? fields[0]).tabIndex = 0;
    }
    if (grows) for (const field of this.all()) this.grow(field);
  }

  grow(field) {
    if (!grows || field.tagName !== 'TEXTAREA') return;
    field.style.height = 'auto';
    field.style.height = `${field.scrollHeight + 2}px`;
  }

  // Note what a field holds now; `cell` is where it was picked from, null if it was typed.
  draft(field, saved, cell = null) {
    const pointer = field.dataset.pointer;
    const same = field.value === (saved ?? '');
    if (same) this.drafts.delete(pointer);
    else this.drafts.set(pointer, { text: field.value, cell });
    field.closest('.holds').classList.toggle('draft', !same);
    this.grow(field);
  }

  drop(field, saved) {
    field.value = saved ?? '';
    this.draft(field, saved);
  }

  // The field above, below, left or right of one; null where the caret still has somewhere to go.
  beside(field, key) {
    const caret = field.tagName === 'TEXTAREA' ? [field.selectionStart, field.selectionEnd] : [0, 0];
    const whole = field.tagName === 'TEXTAREA' && caret[0] === 0 && caret[1] === field.value.length;
    const first = whole || (caret[0] === caret[1] && caret[0] === 0);
    const last = whole || (caret[0] === caret[1] && caret[1] === field.value.length);
    if (field.tagName === 'SELECT' && (key === 'ArrowUp' || key === 'ArrowDown')) return null;
    if ((key === 'ArrowLeft' || key === 'ArrowUp') && !first && !(key === 'ArrowUp' && !this.#wraps(field))) return null;
    if ((key === 'ArrowRight' || key === 'ArrowDown') && !last && !(key === 'ArrowDown' && !this.#wraps(field))) return null;
    const fields = this.all().filter((one) => one.offsetParent);
    const at = fields.indexOf(field);
    if (key === 'ArrowLeft') return fields[at - 1] ?? null;
    if (key === 'ArrowRight') return fields[at + 1] ?? null;
    const column = field.closest('td')?.cellIndex;
    const step = key === 'ArrowDown' ? 1 : -1;
    if (column === undefined) return fields[at + step] ?? null;
    for (let row = this.#row(field.closest('tr'), step); row; row = this.#row(row, step)) {
      const found = row.cells[column]?.querySelector('.field');
      if (row.dataset.row && found?.offsetParent) return found;
    }
    const table = field.closest('table');
    const outside = fields.filter((one) => !table.contains(one));
    return step > 0
      ? outside.find((one) => table.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) ?? null
      : outside.findLast((one) => table.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING) ?? null;
  }

  #row(row, step) {
    return step > 0 ? row.nextElementSibling : row.previousElementSibling;
  }

  #wraps(field) {
    return field.tagName === 'TEXTAREA' && field.scrollHeight > 40;
  }
}
