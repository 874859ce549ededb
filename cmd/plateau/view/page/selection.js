// Which neurons and variables are shown.

// The largest number of neurons that are shown.
export const mostNeurons = 12;

export const variables = ["basal", "apical", "soma", "rate"];

export class Selection {
  constructor(recording) {
    this.recording = recording;
    this.neurons = this.sorted(recording.neurons.slice(0, 4));
    this.variables = ["basal", "apical", "soma"];
    this.listeners = [];
  }

  onChange(f) { this.listeners.push(f); }
  tell() { for (const f of this.listeners) f(); }

  has(n) {
    return this.neurons.some((m) => m.population === n.population && m.neuron === n.neuron);
  }

  // toggle returns the reason if it cannot, otherwise nothing.
  toggle(n) {
    if (this.has(n)) this.neurons = this.neurons.filter((m) => m.population !== n.population || m.neuron !== n.neuron);
    else if (this.neurons.length >= mostNeurons) return `at most ${mostNeurons} neurons are shown`;
    else this.neurons = this.sorted([...this.neurons, n]);
    this.tell();
  }

  sorted(list) {
    return list.sort((a, b) => a.population - b.population || a.neuron - b.neuron);
  }

  // choose reads the neurons of one population from text such as 0:20,77. It returns
  // what is wrong with the text, or nothing.
  choose(population, text) {
    const list = ranges(text, this.recording.populations[population].size);
    if (typeof list === "string") return list;
    const others = this.neurons.filter((n) => n.population !== population);
    if (others.length + list.length > mostNeurons) return `${others.length + list.length} neurons; at most ${mostNeurons} are shown`;
    this.neurons = this.sorted([...others, ...list.map((neuron) => ({ population, neuron }))]);
    this.tell();
  }

  text(population) {
    return print(this.neurons.filter((n) => n.population === population).map((n) => n.neuron));
  }

  // read and write are for the address of the page.
  read(neurons, names) {
    if (neurons !== null) {
      const list = neurons.split(",").map((w) => w.split(".").map(Number)).map(([population, neuron]) => ({ population, neuron }));
      this.neurons = this.sorted(list.filter((n) => n.population >= 1 && Number.isInteger(n.neuron) && n.neuron >= 0 &&
        n.neuron < (this.recording.populations[n.population]?.size ?? 0)).slice(0, mostNeurons));
    }
    if (names !== null) this.variables = variables.filter((v) => names.split(",").includes(v));
  }

  write() {
    return { neurons: this.neurons.map((n) => `${n.population}.${n.neuron}`).join(","), vars: this.variables.join(",") };
  }
}

// ranges reads numbers and ranges as the command line does: 0:20 is 0 to 19.
function ranges(text, size) {
  const found = new Set();
  for (const part of text.split(",").map((w) => w.trim())) {
    if (!part) continue;
    const m = /^(\d+)(:(\d+)?)?$/.exec(part);
    if (!m) return `“${part}” is neither a number nor a range such as 0:5`;
    const from = Number(m[1]), to = m[2] ? Number(m[3] ?? size) : from + 1;
    if (from >= size || to > size) return `${part}: there are neurons 0 to ${size - 1}`;
    if (to <= from) return `${part}: a range goes up; 0:5 is 0 to 4`;
    if (to - from > 1000) return `${part}: at most ${mostNeurons} neurons are shown`;
    for (let n = from; n < to; n++) found.add(n);
  }
  return [...found].sort((a, b) => a - b);
}

function print(list) {
  const parts = [];
  for (let i = 0; i < list.length; ) {
    let k = i + 1;
    while (k < list.length && list[k] === list[k - 1] + 1) k++;
    parts.push(k - i === 1 ? String(list[i]) : `${list[i]}:${list[k - 1] + 1}`);
    i = k;
  }
  return parts.join(",");
}
