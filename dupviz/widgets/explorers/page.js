// An explorer in a page of its own, with its values and pictures in it, without Python.

import { tensorOf } from "./numbers.js";
import { openPhoto } from "./photo.js";

export function startPage(open) {
  const { values, tensors } = JSON.parse(document.querySelector("#data").textContent);
  open(makeModel(values), fromPage(tensors), document.querySelector("main"));
  if (window.parent === window) return;
  // In another page it is as high as it needs to be, has the theme of that, and says no title.
  document.documentElement.dataset.framed = "true";
  const tell = () => window.parent.postMessage({ dupviz: document.body.scrollHeight }, "*");
  window.addEventListener("message", ({ source, data }) => {
    if (source === window.parent && ["light", "dark"].includes(data.theme))
      document.documentElement.dataset.theme = data.theme;
  });
  new ResizeObserver(tell).observe(document.body);
}

// What a widget's model is in a notebook.
export function makeModel(values) {
  const listeners = new Map();
  return {
    get: (name) => values[name],
    set(name, value) {
      if (values[name] === value) return;
      values[name] = value;
      for (const listener of listeners.get(`change:${name}`) ?? []) listener();
    },
    save_changes() {},
    on: (event, listener) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    off: (event, listener) => {
      const others = (listeners.get(event) ?? []).filter((each) => each !== listener);
      listeners.set(event, others);
    },
  };
}

// The pictures of the page, of one size or of several, and photos of one's own, of any.
export function fromPage(tensors) {
  const known = new Map(Object.entries(tensors).map(([name, all]) => [name, all.map(decoded)]));
  const photos = new Map();
  const first = [...known.values()][0];
  const sizes = first.map(({ size }) => size);

  const has = (name, part) => name.toLowerCase().includes(part.toLowerCase());
  return {
    sizes,
    names: async (text) => [...photos.keys(), ...known.keys()].filter((name) => has(name, text)),
    async tensor(name, size = sizes[0]) {
      if (photos.has(name)) return photos.get(name)(size);
      return known.get(name).find((each) => each.size === size);
    },
    async add(file) {
      let name = file.name;
      while (known.has(name) || photos.has(name)) name = `your ${name}`;
      photos.set(name, await openPhoto(file));
      return name;
    },
  };
}

const decoded = (text) => tensorOf(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
