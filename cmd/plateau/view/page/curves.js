// The view of a run: learning curves that grow with metrics.jsonl.

import { json, report } from "./api.js";
import { colours, onTheme } from "./theme.js";
import { clock, number, thousands, tickLabels } from "./time.js";

const several = ["blue", "vermilion", "green", "purple", "orange", "sky", "ink"];

// The charts of the fields in lines of metrics. A field that no line has gets no
// chart.
const charts = [
  { title: "Error", unit: "%", scale: 100, zero: true, from: "epoch", fields: [["train_error", "training"], ["test_error", "test"], ["validation_error", "held out"]] },
  { title: "Losses", log: true, from: "epoch", fields: [["hidden_losses", "hidden, L₀"], ["output_loss", "output, L₁"]] },
  { title: "Training error within epochs", unit: "%", scale: 100, zero: true, from: "progress", fields: [["train_error", "training"]] },
  { title: "Losses within epochs", log: true, from: "progress", fields: [["hidden_losses", "hidden, L₀"], ["output_loss", "output, L₁"]] },
  { title: "Losses, by interval", log: true, from: "measure", fields: [["hidden_losses", "hidden, L₀"], ["output_loss", "output, L₁"]] },
  { title: "Correlation of hidden and output loss", from: "measure", fields: [["loss_correlation", "hidden"]] },
  { title: "Angle between local and backpropagated updates", unit: "°", from: "measure", fields: [["update_angles_deg", "hidden"]] },
  { title: "Largest eigenvalue (Theorem 1)", from: "measure", fields: [["largest_eigenvalue", "eigenvalue"]] },
  { title: "Angle between output weights and feedback weights", unit: "°", from: "measure", fields: [["alignment_angle_deg", "angle"]] },
  { title: "Norms of the weights", from: "measure", zero: true, fields: [["weight_norms", "layer"]] },
  { title: "Changes of the weights", log: true, from: "measure", fields: [["weight_changes", "layer"]] },
  { title: "Changes of the gradients", log: true, from: "measure", fields: [["gradient_changes", "layer"]] },
  { title: "Firing rates, forward phase", unit: "Hz", zero: true, from: "measure", fields: [["rates_hz", "population"]] },
  { title: "Examples a second", from: "epoch", zero: true, fields: [["examples_per_second", "training"]] },
];

// Distances between ticks, in epochs.
const whole = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 50000, 100000, 500000, 1000000];
const fine = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, ...whole];

// span returns a range around values, which includes 0 if that is meaningful.
function span(low, high, zero) {
  if (low === null || high === null || low === undefined) return [0, 1];
  if (zero && low >= 0) return [0, high > 0 ? 1.08 * high : 1];
  const margin = 0.08 * (high - low) || 0.05 * Math.abs(high) || 1;
  return [low - margin, high + margin];
}

// roomFor returns the width of an axis, which is that of its longest number.
function roomFor(u, labels) {
  u.ctx.save();
  u.ctx.font = "11px system-ui, sans-serif";
  const widest = Math.max(0, ...(labels || []).map((l) => u.ctx.measureText(l).width));
  u.ctx.restore();
  return Math.max(58, Math.ceil(widest) + 16);
}

export class Learning {
  constructor(run) {
    this.run = run;
    this.offset = 0;
    this.mark = 0;
    this.lines = { epoch: [], progress: [], measure: [] };
    this.plots = new Map();
    onTheme(() => {
      this.clear();
      this.draw();
    });
    new ResizeObserver(() => this.resize()).observe(document.getElementById("curves"));
    this.follow();
  }

  clear() {
    for (const p of this.plots.values()) p.plot.destroy();
    this.plots.clear();
    document.getElementById("curves").replaceChildren();
  }

  async follow() {
    let wait = 1000;
    try {
      const a = await json("/api/metrics", { offset: this.offset, mark: this.mark });
      if (a.anew) {
        // Another run has begun in the folder, or this one was resumed from a checkpoint.
        Object.assign(this, { lines: { epoch: [], progress: [], measure: [] }, sofar: null, start: null, end: null });
        this.clear();
      }
      this.offset = a.offset;
      this.mark = a.mark;
      for (const line of a.lines) this.add(line);
      if (a.lines.length || a.anew || !this.drawn) this.draw();
      if (a.lines.length && a.offset < a.size) wait = 0;
      if (this.failed) report((this.failed = ""));
    } catch (error) {
      report((this.failed = error.message));
      wait = 3000;
    }
    setTimeout(() => this.follow(), wait);
  }

  add(line) {
    if (line.event === "start") this.start = line;
    else if (line.event === "done" || line.event === "interrupted") this.end = line;
    else if (this.lines[line.event]) {
      this.end = null; // it was resumed
      if (line.event === "progress") this.advance(line, line.examples);
      else this.lines[line.event].push(line);
      if (line.event === "epoch" && this.sofar?.epoch === line.epoch) this.advance(line, line.epoch * line.examples);
    }
  }

  // advance adds the part of an epoch since the last line of it. Lines have means over the
  // epoch so far, which hardly move at its end.
  advance(line, examples) {
    const each = this.start?.examples;
    if (!each) return;
    const n = examples - (line.epoch - 1) * each;
    const before = this.sofar?.epoch === line.epoch ? this.sofar : { n: 0 };
    const since = (now, then) => (Array.isArray(now) ? now.map((v, i) => since(v, then?.[i])) : (now * n - (then || 0) * before.n) / (n - before.n));
    const fields = ["train_error", "hidden_losses", "output_loss"];
    if (n > before.n) this.lines.progress.push({ examples, ...Object.fromEntries(fields.map((f) => [f, since(line[f], before[f])])) });
    this.sofar = { ...line, n };
  }

  // epochOf returns when a line was written, in epochs.
  epochOf(line) {
    if (line.event === "epoch") return line.epoch;
    const each = this.start?.examples || this.lines.epoch[0]?.examples;
    return each ? line.examples / each : line.epoch;
  }

  // columns returns the columns of a chart: x, and y of each series, with names.
  columns(chart) {
    const lines = this.lines[chart.from];
    const deep = lines.some((l) => l.hidden_losses?.length > 1);
    const names = [], columns = [];
    for (const [field, name] of chart.fields) {
      const sample = lines.findLast((l) => l[field] !== undefined && l[field] !== null);
      if (!sample) continue;
      const n = Array.isArray(sample[field]) ? sample[field].length : 1;
      for (let i = 0; i < n; i++) {
        const y = lines.map((l) => {
          const v = Array.isArray(l[field]) ? l[field][i] : l[field];
          return typeof v === "number" && isFinite(v) && !(chart.log && v <= 0) ? v * (chart.scale || 1) : null;
        });
        if (y.every((v) => v === null)) continue;
        names.push(this.name(field, deep ? name.replace(/, L.$/, "") : name, i, n));
        columns.push(y);
      }
    }
    return { names, data: [lines.map((l) => this.epochOf(l)), ...columns] };
  }

  name(field, name, i, n) {
    if (field === "rates_hz") return i === 0 ? "input" : i === n - 1 ? "output" : `hidden${i - 1}`;
    if (name === "layer") return i === n - 1 ? "output" : `hidden${i}`;
    return n > 1 ? `${name}${i}` : name;
  }

  draw() {
    this.drawn = true;
    this.course();
    for (const chart of charts) {
      const { names, data } = this.columns(chart);
      if (!names.length) continue;
      const known = this.plots.get(chart);
      if (known && known.names === names.join()) known.plot.setData(data);
      else {
        known?.plot.destroy();
        known?.box.remove();
        this.make(chart, names, data);
      }
    }
    this.confusion();
  }

  make(chart, names, data) {
    const box = document.createElement("div"), heading = document.createElement("h3"), place = document.createElement("div");
    box.className = "chart";
    heading.textContent = chart.title + (chart.unit ? ` (${chart.unit})` : "");
    box.append(heading, place);
    const after = charts.slice(charts.indexOf(chart) + 1).map((c) => this.plots.get(c)?.box).find((b) => b);
    document.getElementById("curves").insertBefore(box, after || null);
    const axis = {
      stroke: colours.soft, font: "11px system-ui, sans-serif", labelFont: "11px system-ui, sans-serif",
      grid: { stroke: colours.grid, width: 1 }, ticks: { stroke: colours.grid, width: 1, size: 4 },
    };
    const words = (v) => (v === null || v === undefined ? "–" : number(v, 4));
    const plot = new uPlot({
      width: Math.max(200, place.clientWidth), height: 230, legend: { live: true },
      cursor: { sync: { key: "epochs", setSeries: false }, points: { size: 6 } },
      scales: {
        x: { time: false },
        y: chart.log ? { distr: 3 } : { range: (u, low, high) => span(low, high, chart.zero) },
      },
      axes: [
        { ...axis, label: "epoch", labelSize: 16, labelGap: 0, size: 30, incrs: chart.from === "epoch" ? whole : fine },
        { ...axis, size: roomFor, values: (u, list) => tickLabels(list) },
      ],
      series: [
        { label: "epoch", value: (u, v, s, at) => words(at === null ? u.data[0].at(-1) : v) },
        ...names.map((label, i) => ({
          label, stroke: colours[several[i % several.length]], width: 1.75, value: (u, v, s, at) => words(at === null ? u.data[s].findLast((y) => y !== null) : v),
          dash: i >= several.length ? [5, 3] : undefined,
          points: { show: data[0].length < 60, size: 5, fill: colours[several[i % several.length]] },
        })),
      ],
    }, data, place);
    this.plots.set(chart, { plot, box, place, names: names.join() });
  }

  resize() {
    for (const { plot, place } of this.plots.values()) {
      const width = Math.max(200, place.clientWidth);
      if (place.clientWidth && Math.abs(plot.width - width) > 1) plot.setSize({ width, height: 230 });
    }
  }

  // course describes the progress of the run in words.
  course() {
    const p = document.getElementById("course"), { start, end } = this, epochs = this.lines.epoch;
    const last = epochs.at(-1), within = [this.lines.measure.at(-1), this.lines.progress.at(-1)].filter((l) => l).sort((a, b) => a.examples - b.examples).at(-1);
    const parts = [];
    if (!start) parts.push("nothing has been learnt yet");
    else if (end) parts.push(end.event === "done" ? "done" : "interrupted");
    else parts.push("running, or killed");
    if (start) {
      let at = `${epochs.length} of ${start.epochs} epochs`;
      if (within && !end && this.epochOf(within) > epochs.length) at += `, ${thousands(within.examples)} examples`;
      parts.push(at);
    }
    // If images were held out, epochs are tested on them and not on the test set.
    const error = (line) => line.validation_error ?? line.test_error;
    if (last && typeof error(last) === "number") {
      const what = last.validation_error === undefined ? "test images" : "images held out";
      parts.push(`error on ${what} ${(100 * error(last)).toFixed(2)} %`);
      const best = epochs.reduce((a, b) => (error(b) < error(a) ? b : a));
      if (best !== last) parts.push(`lowest ${(100 * error(best)).toFixed(2)} % after epoch ${best.epoch}`);
    }
    if (end?.kept_epoch) parts.push(`kept the weights of epoch ${end.kept_epoch}`);
    if (end?.stopped) parts.push("stopped early");
    if (end?.seconds) parts.push(`took ${clock(1000 * Math.round(end.seconds), 1000)}`);
    const head = document.createElement("b");
    head.textContent = this.run.title;
    p.replaceChildren(head, " — " + parts.join("; "));
  }

  // confusion shows the last matrix, if there is one.
  confusion() {
    const line = this.lines.epoch.findLast((l) => l.confusion), box = document.getElementById("confusion");
    if (!line) {
      box.replaceChildren();
      return;
    }
    const m = line.confusion, table = document.createElement("table"), heading = document.createElement("h3");
    heading.textContent = `Confusion matrix after epoch ${line.epoch}: test images by true class (rows) and predicted class (columns)`;
    const head = table.insertRow();
    head.append(document.createElement("th"), ...m.map((_, k) => Object.assign(document.createElement("th"), { textContent: k })));
    const most = Math.max(1, ...m.flatMap((row, i) => row.filter((_, k) => k !== i)));
    m.forEach((row, i) => {
      const r = table.insertRow();
      r.append(Object.assign(document.createElement("th"), { textContent: i }));
      row.forEach((n, k) => {
        const cell = r.insertCell();
        cell.textContent = n || "";
        if (i === k) cell.style.color = colours.green;
        else if (n) cell.style.background = `color-mix(in srgb, ${colours.vermilion} ${Math.round(70 * n / most)}%, transparent)`;
      });
    });
    const panel = document.createElement("div");
    panel.className = "chart";
    panel.append(heading, table);
    box.replaceChildren(panel);
  }
}
