// Firing rates of the populations, and the share of misread trials.

import { latest, packet } from "./api.js";
import { Lane } from "./lane.js";
import { colours, label } from "./theme.js";
import { number, ticks } from "./time.js";

// populationColour returns a different colour for each population, from the input up.
export function populationColour(i, n) {
  if (i === 0) return colours.soft;
  return i === n - 1 ? colours.ink : [colours.blue, colours.orange, colours.purple, colours.sky][(i - 1) % 4];
}

// Rates are counts for each pixel, of the whole recording or of the view and its
// surroundings.
export class Rates {
  constructor(timeline, whole, changed) {
    Object.assign(this, { timeline, whole, changed });
    this.data = null;
    this.ask = latest((from, to, width) => this.load(from, to, width));
  }

  need(again) {
    const t = this.timeline, d = this.data;
    const [from, to] = this.whole ? [0, t.recording.steps] : t.around();
    const width = Math.min(4096, Math.max(1, Math.round(this.whole ? t.width : (to - from) / t.scale)));
    if (to <= from) return;
    if (d && !again && d.from <= Math.floor(t.from) && d.to >= Math.ceil(t.to)) {
      if (this.whole ? d.width === width : d.scale < 1.3 * t.scale && d.scale > 0.5 * t.scale) return;
    }
    this.ask(from, to, width);
  }

  async load(from, to, width) {
    const scale = this.timeline.scale;
    this.data = Object.assign(await packet("/api/rates", { from, to, width }), { from, to, width, scale });
    this.changed();
    if (!this.whole) this.need();
  }
}

// The RateLane is shown instead of potentials while too many trials are in view.
export class RateLane extends Lane {
  constructor(timeline, rates) {
    super(timeline, "rates", "rates", "zoom in to a few trials for potentials", 150);
    this.rates = rates;
    this.populations = timeline.recording.populations.filter((p) => p.spikes);
  }

  draw() {
    const c = this.begin(), t = this.timeline, r = this.rates.data;
    if (!r) return;
    const n = Math.max(0, Math.min(r.data.trials.length, Math.floor((r.until - r.first) / r.unit)));
    const hz = (p) => {
      const each = 1000 / (p.size * t.ms(r.unit));
      return Array.from(r.data[p.name].subarray(0, n), (k) => k * each);
    };
    const curves = this.populations.map(hz);
    let most = 1;
    for (const list of curves) {
      list.forEach((v, k) => {
        const x = t.x(r.first + (k + 0.5) * r.unit);
        if (x >= 0 && x <= t.width) most = Math.max(most, v);
      });
    }
    most *= 1.08;
    const y = (v) => this.height - (v / most) * this.height;
    const levels = ticks(0, most, 4).filter((v) => v > 0);
    c.fillStyle = colours.grid;
    for (const v of levels) c.fillRect(0, Math.round(y(v)), t.width, 1);
    curves.forEach((list, i) => {
      c.strokeStyle = populationColour(i, curves.length);
      c.lineWidth = 1.3;
      c.beginPath();
      list.forEach((v, k) => c.lineTo(t.x(r.first + (k + 0.5) * r.unit), y(v)));
      c.stroke();
    });
    for (const v of levels) if (y(v) > 8) label(c, `${number(v)} Hz`, 3, y(v) - 2, colours.soft);
  }

  read(step) {
    const t = this.timeline, r = this.rates.data;
    const k = r ? Math.floor((step - r.first) / r.unit) : -1;
    if (!r || k < 0 || k >= r.data.trials.length) return [];
    const trials = r.data.trials[k];
    return trials ? [[{ name: "trials misread here", value: `${r.data.misread[k]} of ${trials}` }]] : [];
  }
}
