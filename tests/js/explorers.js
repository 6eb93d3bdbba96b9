// An explorer without Python, in a page without a browser.

import { fromPage, makeModel } from "../../dupviz/widgets/explorers/page.js";
import { settled, window } from "./page.js";

globalThis.Image = class {
  decode() {
    return Promise.resolve();
  }
};
globalThis.ResizeObserver = class {
  observe() {}
};

export const encoded = (values) => Buffer.from(Uint8Array.from(values)).toString("base64");

// Tensors by name, each as its values.
export function sourceOf(tensors) {
  return fromPage(Object.fromEntries(Object.entries(tensors).map(([name, values]) => [name, [encoded(values)]])));
}

export async function open(opener, values, source) {
  document.body.replaceChildren();
  const model = makeModel(values);
  const close = opener(model, source, document.body);
  await drawn();
  return { model, close };
}

export async function drawn() {
  for (let i = 0; i < 5; i++) await settled();
}

export const one = (selector) => document.querySelector(selector);
export const all = (selector) => [...document.querySelectorAll(selector)];
export const button = (text) => all("button").find(({ textContent }) => textContent === text);

// Bring a control to a value, as a person does.
export async function move(control, value, name = "input") {
  control.value = value;
  control.dispatchEvent(new window.Event(name, { bubbles: true }));
  await drawn();
}

export async function click(target) {
  target.click();
  await drawn();
}

export const slider = (name) => all(".dupviz-slider").find((label) => label.firstChild.textContent === name);
