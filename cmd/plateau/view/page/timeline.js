// The stretch of the recording that is shown, in steps, and the trials in it.

import { json, latest } from "./api.js";

export class Timeline {
  constructor(recording) {
    this.recording = recording;
    this.from = 0;
    this.to = Math.max(1, recording.steps);
    this.width = 1; // pixels
    this.trials = []; // in view and around it; empty if there are too many
    this.first = 0; // number of the first trial in or around the view
    this.count = 0; // number of trials in or around the view
    this.listeners = [];
    this.covered = null;
    this.ask = latest((from, to) => this.load(from, to));
  }

  get span() { return this.to - this.from; }
  get scale() { return this.span / this.width; } // steps of a pixel
  x(step) { return ((step - this.from) / this.span) * this.width; }
  step(x) { return this.from + (x / this.width) * this.span; }
  ms(steps) { return steps * this.recording.dt_ms; }

  onChange(f) { this.listeners.push(f); }
  tell(what) { for (const f of this.listeners) f(what); }

  // show moves the view, within the recording and no closer than a few steps.
  show(from, to) {
    const steps = this.recording.steps;
    let span = Math.min(steps, Math.max(Math.min(8, steps), to - from));
    const middle = (from + to) / 2;
    let begin = Math.max(0, Math.min(steps - span, middle - span / 2));
    if (!isFinite(begin) || !isFinite(span)) return;
    this.from = begin;
    this.to = begin + span;
    this.need();
    this.tell("view");
  }

  zoom(factor, at = (this.from + this.to) / 2) {
    const span = Math.min(this.recording.steps, Math.max(8, this.span * factor));
    const share = (at - this.from) / this.span;
    this.show(at - share * span, at + (1 - share) * span);
  }

  // around returns the view with a margin, so that there is something to show at once
  // when the view moves.
  around(share = 0.5) {
    const margin = this.span * share;
    return [Math.max(0, Math.floor(this.from - margin)), Math.min(this.recording.steps, Math.ceil(this.to + margin))];
  }

  // most returns the number of trials that can be distinguished on the screen.
  get most() { return Math.min(512, Math.max(16, Math.floor(this.width / 2))); }

  need() {
    const c = this.covered;
    if (c && c.from <= Math.floor(this.from) && c.to >= Math.ceil(this.to) && (c.whole || this.span > 0.6 * c.span)) return;
    this.ask(...this.around());
  }

  async load(from, to) {
    if (to <= from) return;
    const span = this.span;
    const a = await json("/api/trials", { from, to, most: this.most });
    this.trials = a.trials;
    this.first = a.first;
    this.count = a.count;
    this.covered = { from, to, span, whole: a.trials.length === a.count };
    this.tell("trials");
    this.need();
  }

  // visible lists the trials in view, as far as they are known.
  visible() {
    return this.trials.filter((t) => !t.error && t.first < this.to && t.first + t.steps > this.from);
  }

  // current returns the trial in the middle of the view, if it is known.
  current() {
    const middle = (this.from + this.to) / 2;
    return this.trials.find((t) => !t.error && t.first <= middle && t.first + t.steps > middle) || null;
  }

  at(step) {
    return this.trials.find((t) => !t.error && t.first <= step && t.first + t.steps > step) || null;
  }
}
