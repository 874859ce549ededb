// The lane at the top: time, trials, their classes and phases.

import { Lane } from "./lane.js";
import { colours } from "./theme.js";
import { clock, clockTicks, ticks } from "./time.js";

export class TrialLane extends Lane {
  constructor(timeline, rates) {
    super(timeline, "trials", "time", "", 62);
    this.rates = rates; // of the whole recording
  }

  draw() {
    const t = this.timeline, c = this.begin();
    c.fillStyle = colours.page;
    c.fillRect(0, 0, t.width, this.height);
    const visible = t.visible();
    const within = visible.length > 0 && visible.length <= 4 && t.width / t.span * visible[0].steps > 180;
    this.note.textContent = within ? "ms of the trial" : "of the recording";
    c.textAlign = "center";
    const mark = (x, words) => {
      c.fillStyle = colours.faint;
      c.fillRect(Math.round(x), 14, 1, 5);
      c.fillStyle = colours.soft;
      const half = c.measureText(words).width / 2;
      if (x > -1 && x < t.width + 1) c.fillText(words, Math.min(Math.max(x, half), t.width - half), 11);
    };
    if (within) {
      for (const trial of visible) {
        const low = Math.max(0, t.from - trial.first), high = Math.min(trial.steps, t.to - trial.first);
        const about = (t.x(trial.first + high) - t.x(trial.first + low)) / 70;
        for (const ms of ticks(t.ms(low), t.ms(high), about)) {
          if (ms < t.ms(trial.steps) - 1e-9 || trial === visible.at(-1)) mark(t.x(trial.first + ms / t.recording.dt_ms), String(+ms.toFixed(6)));
        }
      }
    } else {
      const list = clockTicks(t.ms(t.from), t.ms(t.to), t.width / 100);
      for (const ms of list) mark(t.x(ms / t.recording.dt_ms), clock(ms, list.length > 1 ? list[1] - list[0] : 1));
    }
    if (visible.length) this.boxes(c, visible);
    else this.density(c);
  }

  boxes(c, visible) {
    const t = this.timeline, current = t.current();
    const names = t.recording.classes;
    for (const trial of visible) {
      const x0 = t.x(trial.first), x1 = t.x(trial.first + trial.steps);
      const gap = x1 - x0 > 6 ? 1 : 0;
      const known = trial.class >= 0; // a stimulus of one's own may have no class
      const wrong = known && trial.read >= 0 && trial.read !== trial.class;
      c.fillStyle = wrong ? colours.vermilion : trial.read < 0 || !known ? colours.faint : colours.green;
      c.globalAlpha = trial === current ? 1 : 0.45;
      c.fillRect(x0 + gap, 22, x1 - x0 - 2 * gap, 16);
      c.globalAlpha = 1;
      const low = Math.max(x0, 0), high = Math.min(x1, t.width), room = high - low - 8;
      const name = (k) => names[k] ?? String(k);
      const label = known ? name(trial.class) : "";
      const what = [known ? label : "", trial.read >= 0 ? `predicted ${name(trial.read)}` : ""].filter((w) => w).join(", ");
      const words = [
        `trial ${trial.index}` + (what ? `: ${what}` : ""),
        wrong ? `${label} → ${name(trial.read)}` : label,
        wrong ? `${trial.class}→${trial.read}` : known ? String(trial.class) : "",
      ].find((w) => c.measureText(w).width <= room);
      if (words) {
        c.fillStyle = trial === current ? colours.page : colours.ink;
        c.fillText(words, (low + high) / 2, 34);
      }
      if (x1 - x0 < 40) continue;
      for (const p of trial.phases) {
        const begin = t.x(trial.first + p.first), from = t.x(trial.first + p.first + p.from), end = t.x(trial.first + p.first + p.steps);
        c.fillStyle = p.taught ? colours.orange : colours.sky;
        c.fillRect(from + 0.5, 43, end - from - 1, 3);
        c.globalAlpha = 0.35;
        c.fillRect(begin + 0.5, 43, from - begin, 3);
        c.globalAlpha = 1;
        c.fillStyle = colours.soft;
        const put = (words, a, b) => {
          a = Math.max(a, 0);
          b = Math.min(b, t.width);
          if (c.measureText(words).width + 8 < b - a) c.fillText(words, (a + b) / 2, 57);
          else return false;
          return true;
        };
        if (put(`${p.name} phase: averages`, from, end)) put("settling", begin, from);
        else put(p.name, begin, end);
      }
    }
  }

  // density draws the share of misread trials when single trials are too small to see.
  density(c) {
    const t = this.timeline, r = this.rates.data;
    c.fillStyle = colours.panel;
    c.fillRect(0, 22, t.width, 30);
    c.fillStyle = colours.soft;
    if (r) {
      const { trials, misread } = r.data;
      c.fillStyle = colours.vermilion;
      for (let k = 0; k < trials.length; k++) {
        if (!misread[k]) continue;
        const x = t.x(r.first + k * r.unit), w = Math.max(1, t.x(r.first + (k + 1) * r.unit) - x);
        if (x > t.width || x + w < 0) continue;
        const h = 30 * misread[k] / trials[k];
        c.fillRect(x, 52 - h, w, h);
      }
    }
    c.fillStyle = colours.ink;
    c.textAlign = "left";
    c.fillText("share of trials misread", 6, 34);
  }

  read(step) {
    const t = this.timeline, trial = t.at(step);
    const rows = [[{ name: "time", value: clock(t.ms(step), Math.max(1, t.ms(t.scale))) }]];
    if (trial) {
      const ms = t.ms(step - trial.first);
      const phase = trial.phases.find((p) => step - trial.first >= p.first && step - trial.first < p.first + p.steps);
      rows.push([{ name: `in trial ${trial.index}`, value: `${ms.toFixed(1)} ms` }]);
      if (phase) rows.push([{ name: `${phase.name} phase`, value: step - trial.first - phase.first < phase.from ? "settling" : "averaged" }]);
    }
    return rows;
  }
}
