// The spikes of a population: each spike, or their numbers.

import { latest, packet } from "./api.js";
import { Lane } from "./lane.js";
import { colours } from "./theme.js";
import { number, thousands } from "./time.js";

// A Train requests the spikes of some neurons in the view and around it.
export class Train {
  constructor(timeline, population, rows, changed) {
    Object.assign(this, { timeline, population, rows, changed });
    this.low = 0;
    this.high = timeline.recording.populations[population].size;
    this.data = null;
    this.ask = latest((...what) => this.load(...what));
  }

  need() {
    const t = this.timeline, d = this.data;
    if (d && d.asked.low === this.low && d.asked.high === this.high && d.asked.from <= Math.floor(t.from) && d.asked.to >= Math.ceil(t.to)) {
      const fine = d.asked.scale / t.scale;
      if ((d.until >= Math.min(t.to, d.asked.to) || d.until === this.seen) && (d.kind === "spikes" || fine < 1.3) && fine > 0.5) return;
    }
    const [from, to] = t.around();
    if (to > from) this.ask(from, to, this.low, this.high, t.scale);
  }

  // renew asks again if part of the answer was not counted yet.
  renew() {
    if (this.data && this.data.until < Math.min(this.timeline.to, this.data.asked.to)) {
      this.seen = -1;
      this.need();
    }
  }

  async load(from, to, low, high, scale) {
    const width = Math.min(4096, Math.max(1, Math.round((to - from) / scale)));
    const d = await packet("/api/raster", { population: this.population, from, to, width, rows: this.rows, low, high });
    d.asked = { from, to, low, high, scale };
    this.seen = d.until;
    this.data = d;
    this.bitmap = null;
    this.changed();
    this.need();
  }

  // near returns the spike that is closest to a place, within some steps and
  // neurons.
  near(step, neuron, steps, neurons) {
    const d = this.data;
    if (!d || d.kind !== "spikes") return null;
    let best = null, least = 1;
    const { steps: at, neurons: who } = d.data;
    for (let k = 0; k < at.length; k++) {
      const a = (d.first + at[k] + 0.5 - step) / steps, b = (who[k] - neuron) / neurons;
      const far = a * a + b * b;
      if (far < least) {
        least = far;
        best = { step: d.first + at[k], neuron: who[k] };
      }
    }
    return best;
  }

  // column returns the spikes counted around a step, and how many steps that is.
  column(step) {
    const d = this.data;
    if (!d) return null;
    if (d.kind === "counts") {
      const k = Math.floor((step - d.first) / d.unit);
      if (k < 0 || k >= d.columns) return null;
      let n = 0;
      for (let i = 0; i < d.rows; i++) n += d.data.counts[k * d.rows + i];
      return { spikes: n, steps: d.unit, neurons: d.high - d.low };
    }
    const half = Math.max(5, this.timeline.scale * 4);
    let n = 0;
    for (const s of d.data.steps) if (Math.abs(d.first + s + 0.5 - step) <= half) n++;
    return { spikes: n, steps: 2 * half, neurons: this.high - this.low };
  }
}

export class RasterLane extends Lane {
  constructor(timeline, population, height, selection, changed) {
    const p = timeline.recording.populations[population];
    super(timeline, "raster", p.name, "", height);
    this.population = population;
    this.size = p.size;
    this.selection = selection;
    this.train = new Train(timeline, population, height, changed);
    this.details = new Map(); // of trials, with plateaus
    this.label();
  }

  label() {
    const { low, high } = this.train;
    this.note.textContent = low > 0 || high < this.size ? `neurons ${low}–${high - 1} of ${thousands(this.size)}` : `${thousands(this.size)} neurons`;
  }

  need() { this.train.need(); }

  // neuron and y are places up and down: neuron 0 is at the bottom.
  neuron(y) { return this.train.low + (1 - y / this.height) * (this.train.high - this.train.low); }
  y(neuron) { return (1 - (neuron - this.train.low) / (this.train.high - this.train.low)) * this.height; }

  // zoom shows fewer neurons, or more, around a place.
  zoom(factor, y) {
    const at = this.neuron(y), train = this.train;
    const n = Math.min(this.size, Math.max(Math.min(4, this.size), Math.round((train.high - train.low) * factor)));
    let low = Math.round(at - (1 - y / this.height) * n);
    low = Math.max(0, Math.min(this.size - n, low));
    train.low = low;
    train.high = low + n;
    this.label();
    train.need();
    train.changed();
  }

  whole() {
    this.train.low = 0;
    this.train.high = this.size;
    this.label();
    this.train.need();
    this.train.changed();
  }

  draw() {
    const c = this.begin(), t = this.timeline, d = this.train.data;
    this.phases(c);
    this.chosen(c);
    if (!d) return;
    c.fillStyle = colours.ink;
    if (d.kind === "spikes") {
      const step = t.width / t.span, neuron = this.height / (this.train.high - this.train.low);
      const w = Math.max(1, Math.min(2.5, step * 0.6)), h = Math.max(1.2, Math.min(4, neuron * 0.85));
      c.globalAlpha = neuron < 0.5 ? 0.7 : 0.9;
      const { steps, neurons } = d.data;
      for (let k = 0; k < steps.length; k++) {
        const x = t.x(d.first + steps[k] + 0.5);
        if (x < -2 || x > t.width + 2) continue;
        c.fillRect(x - w / 2, this.y(neurons[k] + 0.5) - h / 2, w, h);
      }
      c.globalAlpha = 1;
    } else this.counts(c, d);
    this.plateaus(c);
  }

  counts(c, d) {
    const t = this.timeline;
    if (!this.train.bitmap || this.train.ink !== colours.ink) {
      this.train.bitmap = bitmap(d);
      this.train.ink = colours.ink;
    }
    const x0 = t.x(d.first), x1 = t.x(d.first + d.columns * d.unit);
    const y0 = this.y(d.high), y1 = this.y(d.low);
    c.imageSmoothingEnabled = (x1 - x0) / d.columns < 1.5;
    c.drawImage(this.train.bitmap, x0, y0, x1 - x0, y1 - y0);
    if (d.until < Math.min(t.to, d.asked.to)) {
      const x = Math.max(0, t.x(d.until));
      c.fillStyle = colours.grid;
      c.fillRect(x, 0, t.width - x, this.height);
    }
  }

  // chosen marks the neurons whose potentials are shown.
  chosen(c) {
    for (const n of this.selection.neurons) {
      if (n.population !== this.population || n.neuron < this.train.low || n.neuron >= this.train.high) continue;
      const y = this.y(n.neuron + 0.5);
      c.fillStyle = colours.purple;
      c.globalAlpha = 0.55;
      c.fillRect(0, y - 0.5, this.timeline.width, 1);
      c.globalAlpha = 1;
    }
  }

  // plateaus marks plateaus at the times when they happen: after the first phase their
  // size, from 0 (clear) to 1; after the next how much they rose or fell. If each
  // neuron has its own time, each has a mark; otherwise rows of neurons share one.
  plateaus(c) {
    const t = this.timeline;
    for (const trial of t.visible()) {
      const layer = this.details.get(trial.index)?.layers.find((l) => l.population === this.population);
      if (!layer || t.x(trial.first + trial.steps) - t.x(trial.first) < 120) continue;
      layer.phases.forEach((p, k) => {
        const of = (p) => p.values || p.rows;
        const before = k > 0 ? of(layer.phases[k - 1]) : null, values = of(p);
        const change = (v, i) => (before ? v - before[i] : v);
        const most = before ? Math.max(0.02, ...values.map((v, i) => Math.abs(change(v, i)))) : 1;
        const wide = p.steps ? 3 : 5;
        values.forEach((v, i) => {
          let high = this.y((i + 1) * this.size / values.length), low = this.y(i * this.size / values.length);
          if (low < 0 || high > this.height) return;
          if (low - high < 1.5) low = high + 1.5; // otherwise it would be invisible
          const x = t.x(trial.first + (p.steps ? p.steps[i] : p.last) + 1);
          c.fillStyle = !before ? colours.purple : change(v, i) > 0 ? colours.vermilion : colours.blue;
          c.globalAlpha = Math.min(1, Math.abs(change(v, i)) / most);
          c.fillRect(x - wide - 1, high, wide, low - high + 0.3);
        });
        c.globalAlpha = 1;
      });
    }
  }

  // pick returns the neuron that a click means.
  pick(x, y) {
    const t = this.timeline, n = this.neuron(y);
    const spike = this.train.near(t.step(x), n - 0.5, 7 * t.scale, 7 * (this.train.high - this.train.low) / this.height);
    return spike ? spike.neuron : Math.max(0, Math.min(this.size - 1, Math.floor(n)));
  }

  read(step, y) {
    const t = this.timeline, rows = [];
    const col = this.train.column(step);
    let rate = "–";
    if (col && col.steps > 0) rate = `${number((1000 * col.spikes) / col.neurons / t.ms(col.steps))} Hz`;
    rows.push([{ name: this.heading.textContent, value: rate }]);
    if (y !== null) {
      const n = Math.max(0, Math.min(this.size - 1, Math.floor(this.neuron(y))));
      const spike = this.train.near(step, this.neuron(y) - 0.5, 7 * t.scale, 7 * (this.train.high - this.train.low) / this.height);
      rows.push([{ name: "  neuron", value: spike ? `${spike.neuron} fired` : String(n) }]);
      const trial = t.at(step);
      const layer = trial && this.details.get(trial.index)?.layers.find((l) => l.population === this.population);
      if (layer) {
        const text = layer.phases.map((p) => number(p.values ? p.values[n] : p.rows[Math.min(p.rows.length - 1, Math.floor(n * p.rows.length / this.size))])).join(" → ");
        if (text) rows.push([{ name: layer.phases[0].values ? "  its plateaus" : "  plateaus there", value: text }]);
      }
    }
    return rows;
  }
}

// bitmap turns counts into ink: the more spikes the darker. If there are spikes
// everywhere, the number that all have is subtracted; otherwise ink grows with the
// square root, so that few spikes are visible beside many.
function bitmap(d) {
  const canvas = document.createElement("canvas");
  canvas.width = d.columns;
  canvas.height = d.rows;
  const c = canvas.getContext("2d");
  c.fillStyle = colours.ink;
  c.fillRect(0, 0, 1, 1);
  const [r, g, b] = c.getImageData(0, 0, 1, 1).data;
  const image = c.createImageData(d.columns, d.rows);
  const all = d.data.counts, some = Math.min(4096, all.length);
  const sorted = Uint16Array.from({ length: some }, (_, k) => all[Math.floor((k / some) * all.length)]).sort();
  const least = sorted[Math.floor(0.02 * sorted.length)];
  const most = Math.max(1, sorted[Math.floor(0.998 * sorted.length)] - least);
  const share = (n) => Math.max(0, Math.min(1, (n - least) / most)) ** (least > 0 ? 0.9 : 0.5);
  for (let k = 0; k < d.columns; k++) {
    for (let i = 0; i < d.rows; i++) {
      const at = 4 * ((d.rows - 1 - i) * d.columns + k);
      image.data[at] = r;
      image.data[at + 1] = g;
      image.data[at + 2] = b;
      image.data[at + 3] = 255 * share(d.data.counts[k * d.rows + i]);
    }
  }
  c.putImageData(image, 0, 0);
  return canvas;
}
