// The page: which of its two views is shown, and its address.

import { json, report } from "./api.js";
import { Learning } from "./curves.js";
import { Trials } from "./trials.js";

const find = (id) => document.getElementById(id);
const read = () => new URLSearchParams(location.hash.slice(1));

let trials = null, learning = null, tab = null, written = null, timer = 0;

// remember keeps the address in step with what is shown.
function remember() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (!tab) return;
    const parts = { view: tab, ...(trials ? trials.address() : {}) };
    written = "#" + Object.entries(parts).map(([k, v]) => `${k}=${v}`).join("&");
    history.replaceState(null, "", written);
  }, 200);
}

function show(name) {
  tab = name;
  for (const main of document.querySelectorAll("main")) main.hidden = main.id !== name;
  for (const button of document.querySelectorAll("#tabs button")) button.setAttribute("aria-selected", button.dataset.tab === name);
  if (name === "trials") trials?.resize();
  else learning?.resize();
  remember();
}

async function begin() {
  const { recording, run } = await json("/api/summary");
  const title = find("title"), name = document.createElement("span");
  name.textContent = recording && !run ? recording.name : (run || {}).name || "";
  title.replaceChildren((recording || run).title, name);
  document.title = `${name.textContent} – Plateau`;
  find("tabs").hidden = !(recording && run);
  const address = read();
  const wanted = address.get("view");
  if (run) learning = new Learning(run);
  if (recording) trials = new Trials(recording, remember);
  show(recording && (wanted === "trials" || !run) ? "trials" : run ? "learning" : "trials");
  await trials?.open(address);
  document.body.dataset.ready = "yes";
}

for (const button of document.querySelectorAll("#tabs button")) button.addEventListener("click", () => show(button.dataset.tab));
find("help").addEventListener("click", () => find("keys").showModal());
addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches("input:not([type=checkbox])") || find("keys").open) return;
  if (e.key === "?") find("keys").showModal();
  else if (tab !== "trials" || !trials.key(e)) return;
  e.preventDefault();
});
addEventListener("hashchange", () => {
  if (location.hash === written) return;
  const address = read(), wanted = address.get("view");
  if (wanted === "trials" && trials || wanted === "learning" && learning) show(wanted);
  trials?.open(address);
});

begin().catch((error) => report(error.message));
