// Times and numbers as text.

// ticks returns round numbers from low to high, about as many as asked for.
export function ticks(low, high, about) {
  const raw = (high - low) / Math.max(1, about);
  if (!(raw > 0) || !isFinite(raw)) return [];
  const ten = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].find((m) => m * ten >= raw) * ten;
  const list = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) list.push(k * step);
  return list;
}

// clockTicks returns times (ms) from low to high, round in hours, minutes or
// decimals of a second.
export function clockTicks(low, high, about) {
  const raw = (high - low) / Math.max(1, about);
  if (raw < 500) return ticks(low, high, about);
  const step = [500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 216e5, 432e5, 864e5].find((s) => s >= raw) || raw;
  const list = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high; k++) list.push(k * step);
  return list;
}

// clock prints a time (ms) as h:mm:ss with the decimals that a distance between
// times needs.
export function clock(ms, distance) {
  const decimals = distance >= 1000 ? 0 : distance >= 100 ? 1 : distance >= 10 ? 2 : distance >= 1 ? 3 : 4;
  const unit = 10 ** decimals;
  let t = Math.round((ms / 1000) * unit) / unit;
  const h = Math.floor(t / 3600);
  t -= 3600 * h;
  const m = Math.floor(t / 60 + 1e-9);
  const s = Math.max(0, t - 60 * m).toFixed(decimals);
  const two = (x) => (x.split(".")[0].length < 2 ? "0" + x : x);
  if (h) return `${h}:${two(String(m))}:${two(s)}`;
  if (m) return `${m}:${two(s)}`;
  return `${s} s`;
}

// number prints a number with the given number of digits, without trailing zeros.
export function number(x, digits = 3) {
  if (x === undefined || x === null || !isFinite(x)) return "–";
  const text = String(+x.toPrecision(digits));
  return text.includes("e") ? text : text.replace("-", "−");
}

// tickLabels prints the numbers of an axis: all written out, unless some are far from
// 1 and powers of ten are shorter. null has no label.
export function tickLabels(values) {
  const some = values.filter((v) => v !== null && v !== undefined);
  const plain = (v) => {
    const text = String(+v.toPrecision(15));
    return text.includes("e") ? v.toLocaleString("en", { useGrouping: false, maximumFractionDigits: 20 }) : text;
  };
  const powers = (v) => {
    if (v === 0) return "0";
    const [factor, power] = (+v.toPrecision(15)).toExponential().split("e");
    const ten = "10" + [...String(+power)].map((d) => (d === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[d])).join("");
    return factor === "1" ? ten : factor === "-1" ? "-" + ten : `${factor}·${ten}`;
  };
  const far = some.some((v) => Math.abs(v) >= 1e6 || (v !== 0 && Math.abs(v) < 1e-4));
  const longest = (print) => Math.max(...some.map((v) => print(v).length));
  const print = far && longest(powers) < longest(plain) ? powers : plain;
  return values.map((v) => (v === null || v === undefined ? "" : print(v).replace("-", "−")));
}

export const thousands = (n) => String(n).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
