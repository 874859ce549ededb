// What all lanes have in common: a name, a canvas, and the phases behind it.

import { colours, prepare } from "./theme.js";

export class Lane {
  constructor(timeline, kind, title, subtitle, height) {
    this.timeline = timeline;
    this.height = height;
    this.element = document.createElement("div");
    this.element.className = "lane " + kind;
    this.name = document.createElement("div");
    this.name.className = "name";
    this.heading = document.createElement("b");
    this.heading.textContent = title;
    this.note = document.createElement("span");
    this.note.textContent = subtitle;
    this.name.append(this.heading, this.note);
    this.canvas = document.createElement("canvas");
    this.canvas.style.height = height + "px";
    this.element.append(this.name, this.canvas);
  }

  begin() {
    return prepare(this.canvas, this.timeline.width, this.height);
  }

  // phases shades the phases: the windows of their averages are darker than the
  // settling before them.
  phases(c) {
    const t = this.timeline;
    for (const trial of t.visible()) {
      const wide = t.x(trial.first + trial.steps) - t.x(trial.first);
      if (wide < 24) continue;
      for (const p of trial.phases) {
        const x0 = t.x(trial.first + p.first), x1 = t.x(trial.first + p.first + p.steps), mid = t.x(trial.first + p.first + p.from);
        c.fillStyle = p.taught ? colours.orange : colours.sky;
        c.globalAlpha = 0.06;
        c.fillRect(x0, 0, mid - x0, this.height);
        c.globalAlpha = 0.15;
        c.fillRect(mid, 0, x1 - mid, this.height);
      }
      c.globalAlpha = 1;
      c.fillStyle = colours.faint;
      c.fillRect(Math.round(t.x(trial.first)), 0, 1, this.height);
    }
  }

  // tell writes words in the lane, if there is nothing else to show.
  tell(c, words) {
    c.fillStyle = colours.soft;
    c.textAlign = "center";
    c.fillText(words, this.timeline.width / 2, this.height / 2 + 4);
    c.textAlign = "left";
  }

  draw() {}
  need() {}
  // read returns rows that describe what is under the pointer, each of one or two
  // values with their names.
  read() { return []; }
}
