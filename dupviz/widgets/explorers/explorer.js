// What all explorers have: a model, whose values Python shares, and a source of pictures.

import { element } from "../gallery/dom.js";

export function save(model, values) {
  for (const [name, value] of Object.entries(values)) model.set(name, value);
  model.save_changes();
}

// Show the parts of an explorer, and draw it again when one of these values has changed. Returns what ends that.
export function openExplorer({ model, parent, label, values, draw, parts }) {
  const root = element("section", { className: "dupviz-explorer", aria: { label } }, ...parts);
  // JupyterLab: the keys are ours. It asks the element that has the focus, before those around it.
  root.addEventListener("focusin", ({ target }) => {
    target.dataset.lmSuppressShortcuts = "true";
  });
  parent.append(root);

  let isWaiting = false;
  async function schedule() {
    if (isWaiting) return;
    isWaiting = true;
    await null; // until all values that change together have changed
    isWaiting = false;
    draw();
  }
  for (const name of values) model.on(`change:${name}`, schedule);
  draw();
  return () => {
    for (const name of values) model.off(`change:${name}`, schedule);
  };
}
