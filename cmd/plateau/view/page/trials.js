// The view of a recording: the lanes, one above the other, and what they share.

import { image, json, latest, report } from "./api.js";
import { Overview } from "./overview.js";
import { ClassLane, NeuronLane, Potentials } from "./potentials.js";
import { RasterLane } from "./raster.js";
import { RateLane, Rates } from "./rates.js";
import { Selection, variables } from "./selection.js";
import { onTheme, variableColour } from "./theme.js";
import { Timeline } from "./timeline.js";
import { TrialLane } from "./trial_lane.js";
import { clock, number, thousands } from "./time.js";

const find = (id) => document.getElementById(id);

export class Trials {
  constructor(recording, remember) {
    this.recording = recording;
    this.remember = remember;
    const t = (this.timeline = new Timeline(recording));
    this.selection = new Selection(recording);
    this.rates = new Rates(t, true, () => this.draw());
    this.viewRates = new Rates(t, false, () => this.draw());
    this.overview = new Overview(t, this.rates, find("overview"));
    this.potentials = new Potentials(t, this.selection, () => this.draw());
    this.pointer = null;
    this.makeLanes();
    this.makeFields();
    this.listen();
    t.onChange((what) => this.changed(what));
    this.selection.onChange(() => this.chosen());
    onTheme(() => this.draw());
    new ResizeObserver(() => this.resize()).observe(find("lanes"));
    this.details = latest((index) => this.loadDetails(index));
    this.pictures = latest((index) => this.loadPicture(index));
    this.watch();
  }

  makeLanes() {
    const t = this.timeline, r = this.recording, changed = () => this.draw();
    const last = r.populations.length - 1;
    this.trialLane = new TrialLane(t, this.viewRates);
    this.rasters = r.populations.map((p, k) => {
      const height = k === 0 ? 96 : k === last ? Math.max(60, Math.min(110, 9 * p.size)) : r.populations.length > 4 ? 110 : 150;
      const lane = p.spikes ? new RasterLane(t, k, height, this.selection, changed) : null;
      if (lane) lane.details = this.potentials.details;
      return lane;
    });
    this.classLane = r.classes.length ? new ClassLane(t, this.potentials) : null;
    this.rateLane = new RateLane(t, this.viewRates);
    this.neuronLanes = new Map();
    this.arrange();
  }

  // arrange puts the lanes in order: rasters, and below them potentials, or rates
  // while too many trials are in view for these.
  arrange() {
    const changed = () => this.draw(), kept = new Map();
    for (const n of this.selection.neurons) {
      const key = `${n.population}.${n.neuron}`;
      kept.set(key, this.neuronLanes.get(key) || new NeuronLane(this.timeline, n, this.potentials, this.selection, changed));
    }
    this.neuronLanes = kept;
    this.near = this.potentials.shown().length > 0;
    const below = this.near ? [this.classLane, ...kept.values()] : [this.rateLane];
    this.lanes = [this.trialLane, ...this.rasters, ...below].filter((l) => l);
    find("lanes").replaceChildren(...this.lanes.map((l) => l.element));
  }

  makeFields() {
    const box = find("fields");
    this.fields = this.recording.populations.slice(1).map((p, k) => {
      const label = document.createElement("label"), input = document.createElement("input"), problem = document.createElement("p");
      label.append(p.name, input);
      input.placeholder = "such as 0:3,77";
      input.spellcheck = false;
      input.autocomplete = "off";
      input.dataset.population = k + 1;
      problem.className = "problem";
      problem.hidden = true;
      input.addEventListener("change", () => {
        const wrong = this.selection.choose(k + 1, input.value);
        input.setAttribute("aria-invalid", Boolean(wrong));
        problem.hidden = !wrong;
        problem.textContent = wrong || "";
      });
      box.append(label, problem);
      return input;
    });
    for (const v of variables) {
      const label = document.createElement("label"), input = document.createElement("input"), colour = document.createElement("i");
      input.type = "checkbox";
      input.name = v;
      const paint = () => { colour.style.background = variableColour(v); };
      paint();
      onTheme(paint);
      label.append(input, colour, v);
      input.addEventListener("change", () => {
        this.selection.variables = variables.filter((v) => find("variables").querySelector(`[name=${v}]`).checked);
        this.selection.tell();
      });
      find("variables").append(label);
    }
  }

  fillFields() {
    this.fields.forEach((input, k) => {
      if (document.activeElement !== input || !input.getAttribute("aria-invalid")) input.value = this.selection.text(k + 1);
      if (!(input.getAttribute("aria-invalid") === "true" && document.activeElement === input)) {
        input.setAttribute("aria-invalid", "false");
        input.parentElement.nextElementSibling.hidden = true;
      }
    });
    for (const input of find("variables").querySelectorAll("input")) input.checked = this.selection.variables.includes(input.name);
  }

  // open shows what the address of the page describes, or else the first trial.
  async open(address) {
    this.selection.read(address.get("neurons"), address.get("vars"));
    this.arrange();
    this.fillFields();
    this.resize();
    const from = parseFloat(address.get("from")), to = parseFloat(address.get("to"));
    if (from >= 0 && to > from) this.timeline.show(from, to);
    else if (this.recording.trials > 0) await this.go(0);
    else this.timeline.show(0, this.recording.steps);
  }

  address() {
    const t = this.timeline, short = (x) => String(+x.toFixed(2));
    return { from: short(t.from), to: short(t.to), ...this.selection.write() };
  }

  listen() {
    const lanes = find("lanes"), stage = find("stage"), t = this.timeline;
    const place = (e) => {
      const box = lanes.getBoundingClientRect();
      return e.clientX - box.left - (box.width - t.width);
    };
    const laneAt = (e) => this.lanes.find((l) => {
      const box = l.canvas.getBoundingClientRect();
      return e.clientY >= box.top && e.clientY < box.bottom;
    });
    lanes.addEventListener("wheel", (e) => {
      const x = place(e);
      if (x < 0) return; // the names scroll the page
      e.preventDefault();
      const unit = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? 400 : 1;
      const dx = e.deltaX * unit, dy = e.deltaY * unit, lane = laneAt(e);
      if (e.shiftKey && lane instanceof RasterLane) {
        lane.zoom(Math.exp(0.002 * (dy || dx)), e.clientY - lane.canvas.getBoundingClientRect().top);
      } else if (Math.abs(dx) > Math.abs(dy)) t.show(t.from + dx * t.scale, t.to + dx * t.scale);
      else t.zoom(Math.exp(0.002 * Math.max(-300, Math.min(300, dy))), t.step(x));
    }, { passive: false });
    let held = null;
    lanes.addEventListener("pointerdown", (e) => {
      if (e.button !== 0 || place(e) < 0 || e.target.closest("button")) return;
      held = { x: place(e), from: t.from, to: t.to, id: e.pointerId, moved: false };
    });
    lanes.addEventListener("pointermove", (e) => {
      const x = place(e), lane = laneAt(e);
      if (held) {
        if (!held.moved && Math.abs(x - held.x) > 4) {
          held.moved = true;
          lanes.setPointerCapture(held.id);
          stage.classList.add("moving");
        }
        if (held.moved) {
          const by = ((held.x - x) / t.width) * (held.to - held.from);
          t.show(held.from + by, held.to + by);
        }
      }
      this.pointer = x >= 0 && lane ? { x, lane, y: e.clientY - lane.canvas.getBoundingClientRect().top } : null;
      this.point();
    });
    lanes.addEventListener("pointerup", (e) => {
      if (held && !held.moved) this.click(place(e), laneAt(e), e);
      held = null;
      stage.classList.remove("moving");
    });
    lanes.addEventListener("pointercancel", () => {
      held = null;
      stage.classList.remove("moving");
    });
    lanes.addEventListener("pointerleave", () => {
      this.pointer = null;
      this.point();
    });
    lanes.addEventListener("dblclick", (e) => {
      const trial = t.at(t.step(place(e)));
      if (trial) t.show(trial.first, trial.first + trial.steps);
      else this.goStep(t.step(place(e)));
    });
    find("before").addEventListener("click", () => this.step(-1));
    find("after").addEventListener("click", () => this.step(1));
    find("misreadBefore").addEventListener("click", () => this.misread(-1));
    find("misreadAfter").addEventListener("click", () => this.misread(1));
    const field = find("goto");
    field.addEventListener("change", () => {
      const n = Number(field.value);
      const fits = /^\d+$/.test(field.value.trim()) && n < this.recording.trials;
      field.setAttribute("aria-invalid", !fits);
      field.title = fits ? "" : `want 0 to ${this.recording.trials - 1}`;
      if (fits) this.go(n);
    });
  }

  // click chooses the neuron under the pointer. A second click soon after belongs
  // to a double click, and undoes the first.
  click(x, lane, e) {
    if (!(lane instanceof RasterLane) || lane.population === 0 || x < 0) return;
    const y = e.clientY - lane.canvas.getBoundingClientRect().top;
    const now = performance.now();
    const n = this.clicked && now - this.clicked.time < 400 ? this.clicked.neuron : { population: lane.population, neuron: lane.pick(x, y) };
    this.clicked = { time: now, neuron: n };
    const wrong = this.selection.toggle(n);
    if (wrong) report(wrong);
  }

  key(e) {
    const t = this.timeline;
    const act = {
      ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1), n: () => this.misread(1), p: () => this.misread(-1),
      "+": () => t.zoom(1 / 1.6), "=": () => t.zoom(1 / 1.6), "-": () => t.zoom(1.6), "−": () => t.zoom(1.6),
      Home: () => this.go(0), End: () => this.go(this.recording.trials - 1), 0: () => t.show(0, this.recording.steps),
      Escape: () => { for (const l of this.rasters) l?.whole(); },
    }[e.key];
    if (!act) return false;
    act();
    return true;
  }

  // step goes to the trial before or after the one in the middle.
  step(by) {
    const now = this.wanted ?? this.timeline.current()?.index;
    if (now === undefined) this.goStep((this.timeline.from + this.timeline.to) / 2);
    else this.go(Math.max(0, Math.min(this.recording.trials - 1, now + by)));
  }

  async misread(by) {
    const now = this.wanted ?? this.timeline.current()?.index;
    let from = now;
    if (from === undefined) {
      const middle = Math.floor((this.timeline.from + this.timeline.to) / 2);
      const a = await json("/api/trials", { from: middle, to: middle + 1, most: 0 });
      from = by > 0 ? a.first - 1 : a.first;
    }
    try {
      const a = await json("/api/misread", { trial: from, step: by });
      if (a.index >= 0) this.go(a.index);
      else report(a.whole ? `no trial ${by > 0 ? "after" : "before"} this one was misread` : "the recording is still being searched; try again");
    } catch (error) {
      report(error.message);
    }
  }

  // goStep shows the trial of a step.
  async goStep(step) {
    const at = Math.max(0, Math.min(this.recording.steps - 1, Math.floor(step)));
    const a = await json("/api/trials", { from: at, to: at + 1, most: 1 });
    if (a.trials.length && !a.trials[0].error) this.timeline.show(a.trials[0].first, a.trials[0].first + a.trials[0].steps);
  }

  // go shows a trial. If only part of the last one was in view, it shows the same part.
  async go(index) {
    this.wanted = index;
    try {
      const t = this.timeline, was = t.current();
      const a = t.trials.find((t) => t.index === index && !t.error) || await json("/api/trial", { index, rows: 1 });
      if (this.wanted !== index) return;
      if (a.error) {
        report(`trial ${index}: ${a.error}`);
        return;
      }
      if (was && t.span < 0.95 * was.steps) t.show(a.first + t.from - was.first, a.first + t.to - was.first);
      else t.show(a.first, a.first + a.steps);
    } catch (error) {
      report(error.message);
    } finally {
      if (this.wanted === index) this.wanted = undefined;
    }
  }

  resize() {
    const canvas = this.trialLane.canvas;
    const width = canvas.clientWidth;
    if (!width) return;
    this.timeline.width = width;
    this.rates.need();
    this.timeline.show(this.timeline.from, this.timeline.to);
  }

  changed() {
    if (this.near !== this.potentials.shown().length > 0) this.arrange();
    if (!this.near) this.viewRates.need();
    for (const l of this.lanes) l.need();
    this.potentials.need();
    this.card();
    this.remember();
    this.draw();
  }

  chosen() {
    this.arrange();
    this.fillFields();
    this.changed();
  }

  draw() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.timeline.width || !find("lanes").clientWidth) return;
      this.overview.draw();
      for (const l of this.lanes) l.draw();
      this.point();
    });
  }

  // point shows the values under the pointer.
  point() {
    const line = find("line"), p = this.pointer, t = this.timeline;
    line.hidden = !p;
    if (!p) {
      if (!this.pointed) find("readout").replaceChildren(Object.assign(document.createElement("p"), { className: "soft", textContent: "–" }));
      return;
    }
    this.pointed = true; // the last values stay when the pointer moves to them
    const lanes = find("lanes"), stage = find("stage");
    line.style.left = lanes.offsetLeft + (lanes.clientWidth - t.width) + p.x + "px";
    line.style.height = stage.scrollHeight - 16 + "px";
    const step = t.step(p.x), table = document.createElement("table");
    for (const l of this.lanes) {
      for (const pairs of l.read(step, l === p.lane ? p.y : null)) {
        const row = table.insertRow();
        for (const { name, value, kind, colour } of pairs) {
          const a = row.insertCell(), b = row.insertCell();
          a.textContent = name.replace(/^ {2}/, "\u2003");
          b.textContent = value;
          a.className = b.className = kind || "";
          if (colour) a.style.color = colour;
        }
        if (pairs.length === 1) row.firstChild.colSpan = 3;
      }
    }
    find("readout").replaceChildren(table);
  }

  // card describes the trial in the middle.
  card() {
    const trial = this.timeline.current();
    const index = trial ? trial.index : null;
    find("before").disabled = index === 0;
    find("after").disabled = index === this.recording.trials - 1;
    if (index === this.carded && trial) return;
    this.carded = index;
    find("picture").hidden = !trial;
    const names = this.recording.classes;
    const name = (k) => names[k] ?? String(k);
    const verdict = find("verdict");
    verdict.className = "";
    if (!trial) {
      const t = this.timeline, c = t.covered;
      const many = c ? Math.max(1, Math.round((t.count * t.span) / (c.to - c.from))) : this.recording.trials;
      find("which").textContent = t.span === this.recording.steps ? `${thousands(this.recording.trials)} trials` : `about ${thousands(many)} trials`;
      find("what").textContent = "";
      verdict.textContent = "";
      find("facts").replaceChildren();
      return;
    }
    find("which").textContent = `Trial ${trial.index}`;
    const again = Math.floor(trial.number / 2 ** 32); // how often it had been shown before
    find("what").textContent =
      `${trial.purpose} ${trial.number % 2 ** 32}` + (again ? `, repeat ${again}` : "") + (trial.sample >= 0 ? `, image ${trial.sample}` : "");
    if (trial.class < 0) verdict.textContent = trial.read >= 0 ? `predicted ${name(trial.read)}` : "";
    else if (trial.read < 0) verdict.textContent = name(trial.class);
    else if (trial.read === trial.class) {
      verdict.textContent = `${name(trial.class)}, predicted ${name(trial.read)}: correct`;
      verdict.className = "right";
    } else {
      verdict.textContent = `${name(trial.class)}, predicted ${name(trial.read)}: wrong`;
      verdict.className = "wrong";
    }
    if (document.activeElement !== find("goto")) find("goto").value = trial.index;
    this.details(index);
    this.pictures(index);
  }

  async loadPicture(index) {
    const shown = find("image"), m = await image("/api/image", { trial: index });
    if (this.carded !== index) return;
    if (shown.src) URL.revokeObjectURL(shown.src);
    shown.hidden = !m;
    find("spikes").hidden = m?.kind !== "spikes";
    if (!m) return;
    shown.src = m.url;
    shown.alt = m.kind === "spikes" ? "spikes of the input; the image is not available" : "the image that was shown";
    shown.title = shown.alt;
  }

  async loadDetails(index) {
    const d = await json("/api/trial", { index, rows: 1 });
    if (this.carded !== index) return;
    const facts = [["begins at", clock(this.timeline.ms(d.first), 1)], ["length", `${number(this.timeline.ms(d.steps), 6)} ms${d.whole ? "" : ", broke off"}`]];
    d.losses.forEach((l, k) => {
      const last = k === d.losses.length - 1;
      // The equations name the losses of a network with one hidden layer.
      if (d.losses.length > 2) facts.push([last ? "output loss" : `${this.recording.populations[k + 1].name} loss`, number(l)]);
      else facts.push([last ? "output loss L₁" : "hidden loss L₀", number(l)]);
    });
    for (const l of d.layers) {
      if (l.phases.length) facts.push([`plateaus, ${this.recording.populations[l.population].name}`, l.phases.map((p) => p.mean.toFixed(3)).join(" → ")]);
    }
    if (d.weights) facts.push(["weights", d.updates ? `${d.weights.slice(0, 6)} + ${thousands(d.updates)}` : d.weights.slice(0, 6)]);
    find("facts").replaceChildren(...facts.flatMap(([a, b]) => {
      const dt = document.createElement("dt"), dd = document.createElement("dd");
      dt.textContent = a;
      dd.textContent = dd.title = b;
      return [dt, dd];
    }));
  }

  // watch follows the survey of the recording until it is whole.
  async watch() {
    try {
      const s = await json("/api/state");
      this.rates.need(true);
      if (!this.near) this.viewRates.need(true);
      for (const l of this.rasters) l?.train.renew();
      const share = Math.floor((100 * s.steps) / Math.max(1, this.recording.steps));
      const wrong = `${thousands(s.trials)} trials, ${thousands(s.misread)} misread`;
      const whole = this.recording.complete;
      const broken = whole ? "" : ", unfinished: as it was when the server started";
      const title = whole ? "" : "The recording broke off or is still being written. It is shown as it was when this page's server started; start plateau view again for the rest.";
      const lost = s.lost ? `, damaged in ${s.lost} places` : "";
      report(s.whole ? wrong + lost + broken : `looking through the recording: ${share} %`, title);
      if (!s.whole) setTimeout(() => this.watch(), 500);
    } catch (error) {
      report(error.message);
      setTimeout(() => this.watch(), 3000);
    }
  }
}
