// The strip with the whole recording.

import { populationColour } from "./rates.js";
import { colours, prepare } from "./theme.js";

const height = 58, middle = 42;

export class Overview {
  constructor(timeline, rates, canvas) {
    Object.assign(this, { timeline, rates, canvas });
    canvas.addEventListener("pointerdown", (e) => {
      canvas.setPointerCapture(e.pointerId);
      const at = this.step(e.offsetX), half = timeline.span / 2;
      // On the view, the pointer takes hold of it; elsewhere, the view jumps there.
      this.held = at >= timeline.from && at <= timeline.to ? at - timeline.from : half;
      this.move(e);
    });
    canvas.addEventListener("pointermove", (e) => { if (this.held !== undefined) this.move(e); });
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { this.held = undefined; });
  }

  get left() { return this.canvas.clientWidth - this.timeline.width; }
  step(x) { return ((x - this.left) / this.timeline.width) * this.timeline.recording.steps; }

  move(e) {
    const from = this.step(e.offsetX) - this.held;
    this.timeline.show(from, from + this.timeline.span);
  }

  draw() {
    const t = this.timeline, all = t.recording.steps, left = this.left;
    const c = prepare(this.canvas, left + t.width, height);
    const x = (step) => left + (step / all) * t.width;
    c.fillStyle = colours.panel;
    c.fillRect(left, 0, t.width, height - 4);
    const r = this.rates.data;
    if (r) {
      const names = t.recording.populations.filter((p) => p.spikes);
      names.forEach((p, i) => {
        const counts = r.data[p.name];
        let most = 1;
        const n = Math.min(counts.length, Math.floor((r.until - r.first) / r.unit));
        for (let k = 0; k < n; k++) most = Math.max(most, counts[k]);
        c.strokeStyle = populationColour(i, names.length);
        c.lineWidth = 1.2;
        c.beginPath();
        for (let k = 0; k < n; k++) c.lineTo(x(r.first + (k + 0.5) * r.unit), middle - 2 - (middle - 6) * counts[k] / most);
        c.stroke();
      });
      const { trials, misread } = r.data;
      c.fillStyle = colours.vermilion;
      for (let k = 0; k < trials.length; k++) {
        if (!misread[k]) continue;
        const h = Math.max(1.5, 11 * misread[k] / trials[k]);
        c.fillRect(x(r.first + k * r.unit), height - 4 - h, Math.max(1, t.width * r.unit / all), h);
      }
      if (r.until < all) {
        c.fillStyle = colours.grid;
        c.fillRect(x(r.until), 0, left + t.width - x(r.until), middle);
      }
    }
    // The view.
    const x0 = x(t.from), x1 = Math.max(x(t.to), x0 + 2);
    c.fillStyle = colours.blue;
    c.globalAlpha = 0.14;
    c.fillRect(x0, 0, x1 - x0, height - 4);
    c.globalAlpha = 1;
    c.strokeStyle = colours.blue;
    c.lineWidth = 1;
    c.strokeRect(x0 + 0.5, 0.5, Math.max(1, x1 - x0 - 1), height - 5);
    c.textAlign = "right";
    const names = t.recording.populations.filter((p) => p.spikes);
    names.forEach((p, i) => {
      // There is room for four populations; if there are more, some hidden layers are
      // left out.
      if (names.length > 4 && i > 2 && i < names.length - 1) return;
      c.fillStyle = populationColour(i, names.length);
      c.fillText(p.name, left - 10, 10 + (i === names.length - 1 ? Math.min(i, 3) : i) * (names.length < 4 ? 13 : 11));
    });
    c.fillStyle = colours.vermilion;
    c.fillText("misread", left - 10, height - 5);
  }
}
