// What explorers are moved with; each control is a `node`, and `set` brings it to a value.

import { button, element } from "../gallery/dom.js";

const MANY = 300; // names that a menu holds at once; more are searched

export function makeSlider(name, title, limits, choose, written = String) {
  const range = element("input", { type: "range", ...limits, title, oninput });
  const value = element("output");
  const node = element("label", { className: "dupviz-slider" }, element("span", { textContent: name }), range, value);

  function oninput() {
    choose(Number(range.value));
  }

  function set(number, max = range.max) {
    range.max = max;
    range.value = number;
    value.textContent = written(number);
  }
  return { node, set };
}

// One of several words.
export function makeChoice(label, options, choose) {
  const buttons = options.map((option) => button(option, () => choose(option), {}, option));
  const node = element("div", { className: "dupviz-choice", role: "group", aria: { label } }, ...buttons);
  const set = (chosen) => {
    for (const [i, option] of options.entries()) buttons[i].setAttribute("aria-pressed", option === chosen);
  };
  return { node, set };
}

export function makeSelect(label, options, choose) {
  const entries = options.map(([value, textContent]) => element("option", { value, textContent }));
  const select = element("select", { onchange: () => choose(select.value) }, ...entries);
  const node = element("label", { className: "dupviz-menu" }, element("span", { textContent: label }), select);
  const set = (value) => {
    select.value = value;
  };
  return { node, set };
}

export function makeCheckbox(label, choose) {
  const box = element("input", { type: "checkbox", onchange: () => choose(box.checked) });
  const node = element("label", { className: "dupviz-check" }, box, label);
  const set = (isOn) => {
    box.checked = isOn;
  };
  return { node, set };
}

// The pictures by their names; with a field to search, where they are too many to scroll through. In a page without
// Python, also a button to choose a photo of one's own.
export function makePictureMenu(source, label, choose) {
  const select = element("select", { onchange: () => choose(select.value) });
  const aria = { label: `Search the names for ${label}` };
  const search = element("input", { type: "search", placeholder: "search names", hidden: true, aria, oninput: find });
  const menu = element("label", { className: "dupviz-menu" }, element("span", { textContent: label }), select);
  const node = element("div", { className: "dupviz-pictures" }, menu, search);
  if (source.add) node.append(makeOwn(label, add));
  let chosen = "";
  let names = [];

  async function list(text) {
    names = await source.names(text);
    if (names.length >= MANY) search.hidden = false;
    offer();
  }

  // Offer what matches, and choose the first of it.
  async function find() {
    const text = search.value;
    const found = await source.names(text);
    if (text !== search.value) return;
    names = found;
    if (text && names.length) choose(names[0]);
    offer();
  }

  async function add(file) {
    const name = await source.add(file);
    await list("");
    choose(name);
  }

  function offer() {
    const all = names.includes(chosen) ? names : [chosen, ...names];
    select.replaceChildren(...all.map((name) => element("option", { value: name, textContent: name })));
    select.value = chosen;
  }

  function set(name) {
    if (name === chosen) return;
    chosen = name;
    offer();
  }

  list("");
  return { node, set, add };
}

function makeOwn(label, add) {
  const aria = { label: `A photo of your own for ${label}` };
  const file = element("input", { type: "file", accept: "image/*", aria, onchange });

  function onchange() {
    for (const each of file.files) add(each);
    file.value = "";
  }
  return element("label", { className: "dupviz-own" }, file, "Your photo…");
}

// Photos that are dropped on an explorer; `take` is told the list of them.
export function takeDropped(node, take) {
  node.addEventListener("dragover", (event) => event.preventDefault());
  node.addEventListener("drop", (event) => {
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
}
