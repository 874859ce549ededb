// Potentials of chosen neurons and of the classes, trial by trial.

import { json, packet, report } from "./api.js";
import { Lane } from "./lane.js";
import { Train } from "./raster.js";
import { colours, label, variableColour } from "./theme.js";
import { number, ticks } from "./time.js";

// The largest number of trials whose potentials are shown at once.
export const mostTrials = 8;

// Potentials requests those of the trials in view, one trial after the other, because
// a replay goes on where the last one ended.
export class Potentials {
  constructor(timeline, selection, changed) {
    Object.assign(this, { timeline, selection, changed });
    this.known = new Map(); // trial → { what, data }
    this.details = new Map(); // trial → its plateaus
    this.busy = null;
    this.waiting = "";
  }

  // what returns the part of a trial to request: the part in view, with a margin if the
  // trial is larger.
  what(trial) {
    const t = this.timeline, wide = trial.steps / t.scale;
    let from = 0, to = trial.steps, width = Math.max(16, Math.ceil(wide));
    if (wide > 4000) {
      const [a, b] = t.around();
      from = Math.max(0, a - trial.first);
      to = Math.min(trial.steps, b - trial.first);
      width = Math.ceil((to - from) / t.scale);
    }
    width = Math.min(4096, trial.steps <= 2048 ? 1024 : 2 ** Math.ceil(Math.log2(width)));
    return {
      trial: trial.index, from, to, width,
      neurons: this.selection.neurons.map((n) => `${n.population}.${n.neuron}`).join(","),
      vars: this.selection.variables.join(","), classes: 1,
    };
  }

  static fits(known, what) {
    const k = known.what;
    return k.neurons === what.neurons && k.vars === what.vars && k.from <= what.from && k.to >= what.to &&
      (k.width === what.width && k.from === what.from && k.to === what.to || k.whole);
  }

  shown() {
    const visible = this.timeline.visible();
    return visible.length <= mostTrials ? visible : [];
  }

  need() {
    const shown = this.shown();
    if (this.busy) {
      const trial = shown.find((t) => t.index === this.busy.what.trial);
      if (trial && Potentials.same(this.what(trial), this.busy.what)) return;
      this.busy.abort.abort();
      this.busy = null;
    }
    const current = this.timeline.current();
    const order = shown.filter((t) => t === current).concat(shown.filter((t) => t !== current));
    for (const trial of order) {
      const what = this.what(trial), known = this.known.get(trial.index);
      if (known && Potentials.fits(known, what)) continue;
      this.load(what);
      return;
    }
  }

  static same(a, b) {
    return Object.keys(a).every((k) => a[k] === b[k]);
  }

  async load(what) {
    const job = { what, abort: new AbortController() };
    this.busy = job;
    const watch = setInterval(() => this.watch(job), 300);
    try {
      const [data, details] = await Promise.all([
        packet("/api/potentials", what, job.abort.signal),
        json("/api/trial", { index: what.trial, rows: 64, neurons: what.neurons }, job.abort.signal),
      ]);
      const whole = data.series.every((s) => !s.unit) && what.from === 0;
      this.put(this.known, what.trial, { what: { ...what, whole }, data });
      this.put(this.details, what.trial, details);
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error.status === 503) setTimeout(() => this.need(), 100);
      else this.put(this.known, what.trial, { what: { ...what, whole: true }, data: { series: [], data: {}, error: error.message } });
    } finally {
      clearInterval(watch);
      if (this.busy === job) {
        this.busy = null;
        this.waiting = "";
      }
    }
    this.changed();
    this.need();
  }

  put(map, key, value) {
    map.delete(key);
    map.set(key, value);
    while (map.size > 3 * mostTrials) map.delete(map.keys().next().value);
  }

  // watch shows the progress of a replay that takes long.
  async watch(job) {
    try {
      const { replay } = await json("/api/state", null, job.abort.signal);
      if (this.busy !== job) return;
      this.waiting = replay ? `computing the weights of trial ${replay.trial}: now at trial ${replay.at}` : `replaying trial ${job.what.trial}`;
      this.changed();
    } catch (error) {
      if (error.name !== "AbortError") report(error.message);
    }
  }

  // series returns one of a trial's series, with its values.
  series(trial, of) {
    const known = this.known.get(trial);
    if (!known) return null;
    const k = known.data.series.findIndex(of);
    if (k < 0 || !known.data.series[k].interval) return null;
    return { ...known.data.series[k], values: known.data.data[k] };
  }

  // missing says why there is nothing to draw.
  missing() {
    const visible = this.timeline.visible();
    if (this.waiting) return this.waiting;
    const failed = visible.map((t) => this.known.get(t.index)?.data.error).find((e) => e);
    return failed ? `no potentials: ${failed}` : "";
  }
}

// at returns the value of a series next to a time, in steps of the trial, or the
// smallest and the largest around it. A value belongs to the end of its step.
function at(s, time) {
  if (!s || !s.values.length) return null;
  if (s.unit) {
    const k = Math.floor((time - s.first) / s.unit);
    return k < 0 || 2 * k >= s.values.length ? null : [s.values[2 * k], s.values[2 * k + 1]];
  }
  const k = Math.round((time - 1 - s.first) / s.interval);
  return k < 0 || k >= s.values.length ? null : [s.values[k]];
}

const spell = (v) => (v === null ? "–" : v.length === 1 || v[0] === v[1] ? number(v[0], 4) : `${number(v[0])} … ${number(v[1])}`);

class Plot extends Lane {
  constructor(timeline, kind, title, subtitle, height, potentials) {
    super(timeline, kind, title, subtitle, height);
    this.potentials = potentials;
  }

  // range finds the values to show.
  range(list) {
    let low = Infinity, high = -Infinity;
    for (const s of list) {
      for (const v of s.values) {
        if (v < low) low = v;
        if (v > high) high = v;
      }
    }
    if (!(low <= high)) return null;
    const margin = Math.max(0.05, 0.06 * (high - low));
    return [low - margin, high + margin];
  }

  scale(c, [low, high], about = 3) {
    this.low = low;
    this.high = high;
    c.textAlign = "left";
    for (const v of ticks(low, high, about)) {
      const y = Math.round(this.y(v));
      c.fillStyle = colours.grid;
      c.fillRect(0, y, this.timeline.width, 1);
      if (y > 8 && y < this.height - 3) {
        c.fillStyle = colours.soft;
        c.fillText(number(v), 3, y - 2);
      }
    }
  }

  y(v) { return this.height - ((v - this.low) / (this.high - this.low)) * this.height; }

  curve(c, trial, s, colour, width) {
    const t = this.timeline;
    c.strokeStyle = colour;
    c.lineWidth = width;
    c.lineJoin = "round";
    c.beginPath();
    const each = s.unit || s.interval, n = s.unit ? s.values.length / 2 : s.values.length;
    const first = Math.max(0, Math.floor((t.from - trial.first - s.first) / each) - 2);
    const last = Math.min(n, Math.ceil((t.to - trial.first - s.first) / each) + 2);
    for (let k = first; k < last; k++) {
      // A value belongs to the end of its step.
      const x = t.x(trial.first + s.first + k * each + (s.unit ? each / 2 : 1));
      if (s.unit) {
        c.lineTo(x, this.y(s.values[2 * k]));
        c.lineTo(x, this.y(s.values[2 * k + 1]));
      } else c.lineTo(x, this.y(s.values[k]));
    }
    c.stroke();
  }
}

// A NeuronLane is one neuron: its potentials, its spikes and its plateaus.
export class NeuronLane extends Plot {
  constructor(timeline, neuron, potentials, selection, changed) {
    const p = timeline.recording.populations[neuron.population];
    super(timeline, "neuron", `${p.name} ${neuron.neuron}`, "", 88, potentials);
    this.neuron = neuron;
    this.selection = selection;
    this.train = null;
    if (p.spikes) {
      this.train = new Train(timeline, neuron.population, 1, changed);
      this.train.low = neuron.neuron;
      this.train.high = neuron.neuron + 1;
    }
    const away = document.createElement("button");
    away.type = "button";
    away.className = "away";
    away.textContent = "×";
    away.title = "hide it";
    away.addEventListener("click", () => selection.toggle(neuron));
    this.away = away;
    this.name.append(away);
  }

  need() {
    if (this.train && this.potentials.shown().length) this.train.need();
  }

  of(variable) {
    return (s) => s.population === this.neuron.population && s.neuron === this.neuron.neuron && s.variable === variable;
  }

  draw() {
    const c = this.begin(), t = this.timeline;
    this.phases(c);
    const shown = this.potentials.shown();
    const variables = this.selection.variables;
    const found = [];
    for (const trial of shown) {
      for (const v of variables) {
        const s = this.potentials.series(trial.index, this.of(v));
        if (s && s.values.length) found.push({ trial, v, s });
      }
    }
    const range = this.range(found.filter((f) => f.v !== "rate").map((f) => f.s)) || [-1, 1];
    if (found.length) this.scale(c, range);
    const order = ["rate", "basal", "apical", "soma"];
    for (const f of found.sort((a, b) => order.indexOf(a.v) - order.indexOf(b.v))) {
      if (f.v === "rate") {
        // Rates have their own scale, from 0 to the highest rate.
        [this.low, this.high] = [0, t.recording.max_rate_hz];
        this.curve(c, f.trial, f.s, variableColour(f.v), 1.2);
        [this.low, this.high] = range;
      } else this.curve(c, f.trial, f.s, variableColour(f.v), f.v === "soma" ? 1.6 : 1.2);
    }
    this.plateaus(c, shown);
    if (shown.length) this.spikes(c);
    const missing = found.length ? "" : this.potentials.missing();
    if (missing) this.tell(c, missing);
    const s = found[0]?.s;
    this.note.textContent = s ? (s.recorded ? "recorded" : "replayed") : "";
    this.note.title = s && !s.recorded ? "computed from spikes and weights, with the same bits as in the run" : "";
  }

  spikes(c) {
    const d = this.train?.data, t = this.timeline;
    if (!d || d.kind !== "spikes") return;
    c.fillStyle = colours.purple;
    for (const s of d.data.steps) {
      const x = t.x(d.first + s + 0.5);
      if (x >= 0 && x <= t.width) c.fillRect(x - 0.75, 2, 1.5, 9);
    }
  }

  // plateaus draws each plateau at the mean apical potential of its window, from which
  // it is computed, with a dot at the time when it happens.
  plateaus(c, shown) {
    const t = this.timeline;
    for (const trial of shown) {
      const details = this.potentials.details.get(trial.index);
      const mean = this.potentials.series(trial.index, this.of("apical"))?.means;
      for (const p of details?.plateaus || []) {
        if (p.population !== this.neuron.population || p.neuron !== this.neuron.neuron) continue;
        const x0 = t.x(trial.first + p.from), x1 = t.x(trial.first + p.step + 1);
        const level = mean?.[p.phase];
        const y = level === undefined ? this.height - 8 : this.y(level);
        c.strokeStyle = c.fillStyle = colours.vermilion;
        c.lineWidth = 1;
        c.setLineDash([4, 3]);
        c.beginPath();
        c.moveTo(x0, y);
        c.lineTo(x1, y);
        c.stroke();
        c.setLineDash([]);
        c.beginPath();
        c.arc(x1, y, 3.5, 0, 7);
        c.fill();
        if (x1 - x0 > 60) {
          c.textAlign = "right";
          label(c, `α ${p.value.toFixed(3)}`, x1 - 7, y > 16 ? y - 5 : y + 13, colours.vermilion);
          c.textAlign = "left";
        }
      }
    }
  }

  read(step) {
    const trial = this.timeline.at(step);
    if (!trial) return [];
    const rows = [[{ name: `${this.timeline.recording.populations[this.neuron.population].name} ${this.neuron.neuron}`, value: "" }]];
    for (const v of this.selection.variables) {
      const s = this.potentials.series(trial.index, this.of(v));
      if (s) rows.push([{ name: `  ${v}${v === "rate" ? " (Hz)" : ""}`, value: spell(at(s, step - trial.first)), colour: variableColour(v) }]);
    }
    return rows.length > 1 ? rows : [];
  }
}

// The ClassLane shows the somata of the output neurons: that of the true class,
// that of the predicted class, and the others behind.
export class ClassLane extends Plot {
  constructor(timeline, potentials) {
    const each = timeline.recording.populations.at(-1).size / timeline.recording.classes.length;
    super(timeline, "classes", "classes", each > 1 ? `mean soma of ${each} neurons` : "output somata", 120, potentials);
  }

  draw() {
    const c = this.begin(), t = this.timeline;
    this.phases(c);
    const shown = this.potentials.shown(), found = [];
    for (const trial of shown) {
      t.recording.classes.forEach((name, k) => {
        const s = this.potentials.series(trial.index, (s) => s.class === k);
        if (s && s.values.length) found.push({ trial, k, s });
      });
    }
    const range = this.range(found.map((f) => f.s));
    if (!range) {
      const missing = this.potentials.missing();
      if (missing) this.tell(c, missing);
      return;
    }
    this.scale(c, range, 4);
    const names = new Map(); // of trials: what to write where
    const rank = (f) => (f.k === f.trial.class ? 2 : f.k === f.trial.read ? 1 : 0);
    for (const f of found.sort((a, b) => rank(a) - rank(b))) {
      const colour = [colours.faint, colours.purple, colours.green][rank(f)];
      this.curve(c, f.trial, f.s, colour, rank(f) ? 2 : 1);
      if (!rank(f) || t.x(f.trial.first + f.trial.steps) - t.x(f.trial.first) < 120) continue;
      // The name stands at the end of the first phase's window, from which the class is
      // read out.
      const p = f.trial.phases[0];
      const v = p && at(f.s, p.first + p.steps);
      if (!v) continue;
      if (!names.has(f.trial)) names.set(f.trial, []);
      names.get(f.trial).push({ words: t.recording.classes[f.k], colour, x: t.x(f.trial.first + p.first + p.steps) - 4, y: this.y(v.at(-1)) - 4 });
    }
    c.textAlign = "right";
    for (const [a, b] of names.values()) {
      // The names are kept apart, the higher one above.
      const close = b ? 13 - Math.abs(a.y - b.y) : 0;
      if (close > 0) {
        const [up, down] = a.y <= b.y ? [a, b] : [b, a];
        up.y -= close / 2;
        down.y += close / 2;
      }
      for (const n of [a, b]) if (n) label(c, n.words, n.x, Math.max(10, Math.min(this.height - 3, n.y)), n.colour);
    }
    c.textAlign = "left";
  }

  read(step) {
    const t = this.timeline, trial = t.at(step);
    if (!trial) return [];
    const cells = [];
    t.recording.classes.forEach((name, k) => {
      const s = this.potentials.series(trial.index, (s) => s.class === k);
      const kind = k === trial.class ? "true" : k === trial.read ? "predicted" : "";
      if (s) cells.push({ name, value: spell(at(s, step - trial.first)), kind });
    });
    if (!cells.length) return [];
    // There are many, so they are in two columns.
    const half = Math.ceil(cells.length / 2), rows = [[{ name: "somata of the classes", value: "" }]];
    for (let k = 0; k < half; k++) rows.push([cells[k], cells[half + k]].filter((c) => c));
    return rows;
  }
}
