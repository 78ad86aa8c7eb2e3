// The page beside the form, or its table: what is marked, what the mouse points at, zoom and pan.

import { get, say, word } from './net.js';

const SVG = 'http://www.w3.org/2000/svg';
const STEPS = [1, 1.25, 1.5, 2, 2.5, 3, 4];
const FAR = 4;

export class Viewer {
  constructor(root, { onCell, onHover }) {
    this.root = root;
    this.canvas = root.querySelector('#canvas');
    this.paper = root.querySelector('#paper');
    this.picture = root.querySelector('#picture');
    this.marks = root.querySelector('#marks');
    this.printed = root.querySelector('#printed');
    this.onCell = onCell;
    this.onHover = onHover;
    this.zoom = 1;
    this.page = Number(this.paper?.dataset.page ?? 0);
    this.wanted = null;
    this.cells = new Map();
    this.lit = { here: new Set(), loud: new Set(), lit: new Set() };
    this.standing = new Map();
    this.#listen();
  }

  get asTable() { return !this.paper || !this.printed.hidden; }

  // Take over what the desk says: its cells, and how the fields in them stand.
  update(desk) {
    this.cells = new Map(desk.cells.map((cell) => [cell.cell, cell]));
    const failed = new Set(desk.cards.filter((card) => card.blocks).flatMap((card) => card.operands.flatMap((one) => one.cells)));
    const open = new Set(desk.doubts.map((doubt) => doubt.pointer));
    this.standing = new Map();
    for (const field of desk.fields) {
      for (const cell of field.cells) {
        if (open.has(field.pointer)) this.standing.set(cell, 'open');
        else if (['edited', 'confirmed'].includes(field.state) && this.standing.get(cell) !== 'open') this.standing.set(cell, 'hand');
      }
    }
    for (const doubt of desk.doubts) if (this.cells.has(doubt.pointer)) this.standing.set(doubt.pointer, 'open');
    for (const cell of failed) this.standing.set(cell, 'failed');
    this.#draw();
  }

  // Mark cells as `here` (the field in focus), `loud` (a card's operands) or `lit` (under the mouse).
  mark(kind, cells) {
    this.lit[kind] = new Set(cells);
    this.#paint();
  }

  // Bring cells into view, on another page if they stand on none of this one; `start` puts them near the top.
  async show(cells, where = 'middle') {
    const found = [...cells].map((id) => this.cells.get(id)).filter(Boolean);
    if (!found.length) return;
    if (!this.asTable) {
      const pages = found.flatMap((cell) => cell.spans.map((span) => span.page)).filter(Boolean);
      if (pages.length && !pages.includes(this.page)) await this.turn(pages[0]);
    }
    const shown = this.#elements().filter((one) => cells.includes(one.dataset.cell));
    if (!shown.length) return;
    const frame = this.canvas.getBoundingClientRect();
    const boxes = shown.map((one) => one.getBoundingClientRect());
    const top = Math.min(...boxes.map((box) => box.top)), bottom = Math.max(...boxes.map((box) => box.bottom));
    const left = Math.min(...boxes.map((box) => box.left)), right = Math.max(...boxes.map((box) => box.right));
    if (where === 'start') this.canvas.scrollTop += top - frame.top - 64;
    else if (top < frame.top + 8 || bottom > frame.bottom - 8) this.canvas.scrollTop += (top + bottom) / 2 - (frame.top + frame.bottom) / 2;
    // As little sideways as shows the whole, and never past its beginning.
    if (left < frame.left + 8) this.canvas.scrollLeft += left - frame.left - 8;
    else if (right > frame.right - 8) this.canvas.scrollLeft += Math.min(right - frame.right + 8, left - frame.left - 8);
  }

  async turn(page) {
    const pages = Number(this.root.querySelector('#page-now').dataset.pages);
    if (page < 1 || page > pages || page === this.page) return;
    const before = this.page;
    this.page = page;
    let found;
    try {
      found = await (await get(`${this.paper.dataset.pictures}/${page}`)).json();
    } catch (refused) {
      say(refused.message);
      if (this.page === page) this.page = before;
      if (refused.body.code === 'web.document_gone' && !this.asTable) this.toggleTable();
      return;
    }
    if (this.page !== page) return;
    this.paper.dataset.page = String(page);
    this.picture.width = Math.round(found.width);
    this.picture.height = Math.round(found.height);
    this.picture.alt = word('web.picture_of', { page });
    this.picture.src = this.#source();
    this.marks.setAttribute('viewBox', `0 0 ${found.width} ${found.height}`);
    this.root.querySelector('#page-now').textContent = word('web.page_of', { page, pages });
    this.canvas.scrollTop = 0;
    this.#draw();
  }

  zoomTo(zoom) {
    if (!this.paper) return;
    const middle = {
      x: (this.canvas.scrollLeft + this.canvas.clientWidth / 2) / this.canvas.scrollWidth,
      y: (this.canvas.scrollTop + this.canvas.clientHeight / 2) / this.canvas.scrollHeight,
    };
    this.zoom = Math.max(STEPS[0], Math.min(STEPS.at(-1), zoom));
    this.paper.style.width = `${this.zoom * 100}%`;
    this.root.querySelector('#zoom-now').textContent = `${Math.round(this.zoom * 100)}%`;
    if (this.picture.getAttribute('src') !== this.#source()) this.picture.src = this.#source();
    this.canvas.scrollLeft = middle.x * this.canvas.scrollWidth - this.canvas.clientWidth / 2;
    this.canvas.scrollTop = middle.y * this.canvas.scrollHeight - this.canvas.clientHeight / 2;
  }

  zoomBy(steps) {
    const nearest = STEPS.reduce((best, step, index) => (Math.abs(step - this.zoom) < Math.abs(STEPS[best] - this.zoom) ? index : best), 0);
    this.zoomTo(STEPS[Math.max(0, Math.min(STEPS.length - 1, nearest + steps))]);
  }

  toggleTable() {
    if (!this.paper) return;
    const table = this.printed.hidden;
    this.printed.hidden = !table;
    this.paper.hidden = table;
    this.root.querySelector('#as-table').setAttribute('aria-pressed', String(table));
    this.#paint();
  }

  // The file went while its page was looked at: the table as it was read stands in.
  #gone() {
    say(word('web.document_gone'));
    if (!this.asTable) this.toggleTable();
  }

  #source() {
    return `${this.paper.dataset.pictures}/${this.page}.png?zoom=${this.zoom > 2 ? FAR : 2}`;
  }

  #elements() {
    return [...(this.asTable ? this.printed : this.marks).querySelectorAll('[data-cell]')];
  }

  #draw() {
    if (this.marks) {
      const boxes = [];
      for (const cell of this.cells.values()) {
        for (const span of cell.spans) {
          if (span.page !== this.page) continue;
          const [x0, y0, x1, y1] = span.bbox;
          const box = document.createElementNS(SVG, 'rect');
          box.setAttribute('x', x0);
          box.setAttribute('y', y0);
          box.setAttribute('width', Math.max(0, x1 - x0));
          box.setAttribute('height', Math.max(0, y1 - y0));
          box.dataset.cell = cell.cell;
          boxes.push(box);
        }
      }
      this.marks.replaceChildren(...boxes);
    }
    this.#paint();
  }

  #paint() {
    for (const one of this.#elements()) {
      const id = one.dataset.cell;
      const kinds = ['cell', this.standing.get(id), ...Object.keys(this.lit).filter((kind) => this.lit[kind].has(id))];
      one.setAttribute('class', kinds.filter(Boolean).join(' '));
    }
  }

  #listen() {
    const cellOf = (event) => event.target.closest?.('[data-cell]')?.dataset.cell ?? null;
    this.canvas.addEventListener('mouseover', (event) => this.onHover(cellOf(event)));
    this.canvas.addEventListener('mouseleave', () => this.onHover(null));
    // The field keeps the focus while a cell is picked for it.
    this.canvas.addEventListener('mousedown', (event) => { if (event.target !== this.canvas) event.preventDefault(); });
    this.printed.addEventListener('click', (event) => { const cell = cellOf(event); if (cell) this.onCell(cell, event); });
    this.root.querySelector('#as-table')?.addEventListener('click', () => this.toggleTable());
    if (!this.paper) return;
    this.picture.addEventListener('error', () => this.#gone());
    if (this.picture.complete && !this.picture.naturalWidth) this.#gone();
    this.#pan(cellOf);
    this.canvas.addEventListener('wheel', (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.zoomBy(event.deltaY < 0 ? 1 : -1);
    }, { passive: false });
    const press = (id, act) => this.root.querySelector(id).addEventListener('click', act);
    press('#page-before', () => this.turn(this.page - 1));
    press('#page-after', () => this.turn(this.page + 1));
    press('#zoom-in', () => this.zoomBy(1));
    press('#zoom-out', () => this.zoomBy(-1));
    press('#zoom-fit', () => this.zoomTo(1));
  }

  // Dragging moves the paper; a press that does not move picks the cell under it.
  #pan(cellOf) {
    let from = null;
    this.paper.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY, left: this.canvas.scrollLeft, top: this.canvas.scrollTop, moved: false };
    });
    this.paper.addEventListener('pointermove', (event) => {
      if (!from || event.pointerType !== 'mouse') return;
      const dx = event.clientX - from.x, dy = event.clientY - from.y;
      if (!from.moved && Math.hypot(dx, dy) > FAR) {
        from.moved = true;
        this.paper.setPointerCapture(event.pointerId);
        this.paper.classList.add('panning');
      }
      if (from.moved) {
        this.canvas.scrollLeft = from.left - dx;
        this.canvas.scrollTop = from.top - dy;
      }
    });
    this.paper.addEventListener('click', (event) => {
      const moved = from?.moved;
      from = null;
      this.paper.classList.remove('panning');
      const cell = cellOf(event);
      if (!moved && cell) this.onCell(cell, event);
    });
    this.paper.addEventListener('pointercancel', () => { from = null; this.paper.classList.remove('panning'); });
  }
}
