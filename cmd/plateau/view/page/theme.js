// Colours, as the style sheet has them for light and dark.

export const colours = {};
const changed = [];

function read() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["page", "panel", "ink", "soft", "faint", "grid", "blue", "vermilion", "green", "purple", "orange", "sky"]) {
    colours[name] = style.getPropertyValue("--" + name).trim();
  }
  for (const f of changed) f();
}
read();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", read);

export function onTheme(f) {
  changed.push(f);
}

export const font = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif';

// prepare sizes a canvas to the pixels of the screen and returns its context,
// cleared, with lengths in CSS pixels.
export function prepare(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  const w = Math.max(1, Math.round(width * ratio)), h = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const c = canvas.getContext("2d");
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, width, height);
  c.globalAlpha = 1;
  c.font = font;
  c.textBaseline = "alphabetic";
  c.textAlign = "left";
  c.setLineDash([]);
  return c;
}

// label writes words that are legible on top of curves.
export function label(c, words, x, y, colour) {
  c.lineWidth = 3;
  c.lineJoin = "round";
  c.strokeStyle = colours.page;
  c.strokeText(words, x, y);
  c.fillStyle = colour;
  c.fillText(words, x, y);
}

// variableColour returns the colour of a variable, which is the same as in plateau
// plot.
export const variableColour = (name) =>
  ({ apical: colours.vermilion, basal: colours.blue, soma: colours.ink, rate: colours.orange })[name];
