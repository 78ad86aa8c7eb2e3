// The reason of what is done next: it outlives a redrawn desk, and goes with one act.

export class Reason {
  constructor(root) {
    this.root = root;
    this.text = '';
    this.cameFrom = null;
    root.addEventListener('input', (event) => { if (event.target === this.input) this.text = event.target.value; });
    root.addEventListener('focusin', (event) => { if (event.target === this.input) this.cameFrom = event.relatedTarget; });
  }

  get input() { return this.root.querySelector('#reason'); }

  // A request with the reason in it, if there is one.
  with(request, text = this.text) {
    return text.trim() ? { ...request, reason: text.trim() } : request;
  }

  restore() { if (this.input) this.input.value = this.text; }

  clear() {
    this.text = '';
    this.restore();
  }

  // Back to what had the focus before, or to `instead`.
  leave(drop, instead) {
    if (drop) this.clear();
    (this.cameFrom?.isConnected ? this.cameFrom : instead).focus();
  }
}
