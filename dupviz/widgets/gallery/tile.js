// A group on the contact sheet: the file that stays, one beside it, and how many more there are.

import { makeThumb, pathOf } from "./cards.js";
import { button, element, icon, nameParts } from "./dom.js";
import { neediest } from "./walk.js";

// A picture of a tile, as thumbnails are shown in it. The one beside the file that stays is what the keys are about.
export function makeSmall(image, { onSelect, onAct }) {
  const thumb = makeThumb();
  const picture = element(
    "button",
    {
      type: "button",
      className: "dupviz-small",
      tabIndex: -1,
      onclick: () => picture.focus(),
      ondblclick: () => onAct("compare", image),
      onfocus: () => onSelect(image),
    },
    thumb.node,
  );
  let shown = "";

  function update(file, group, words) {
    const text = JSON.stringify([file, group]);
    if (text === shown) return false;
    shown = text;
    picture.dataset.action = file.action;
    const heard = [pathOf(file), words[file.action], file.reason, file.beside, file.mse, `group ${group}`];
    picture.setAttribute("aria-label", heard.filter(Boolean).join(", "));
    picture.title = heard.slice(0, -1).filter(Boolean).join("\n");
    thumb.update(file);
    return true;
  }

  return { node: picture, picture, image: thumb.image, update };
}

// The file that stays, and the one that most needs a look.
export const sheetFiles = (group) => [group.files[0], neediest(group)].filter(Boolean);

// The tile; the old one, if nothing in it but its pictures has changed.
export function makeTile(group, number, nodes, old, { words, isLeftOut, onLeaveOut }) {
  const files = group.files.filter((file) => !file.first);
  const file = neediest(group) ?? group.files[0];
  const text = JSON.stringify([
    "tile",
    group.files.map(({ image, action }) => [image, action]),
    group,
    number,
    isLeftOut,
  ]);
  if (old?.text === text) return old;
  const more = files.length - 1 + group.more;
  const actions = new Set(files.map(({ action }) => action));
  const action = ["review", "remove", "accepted"].find((each) => actions.has(each)) ?? "keep";
  const label = isLeftOut ? "Not right, or not sure: left out (Space)" : "Leave it out (Space)";
  const node = element(
    "div",
    {
      className: "dupviz-group dupviz-tile",
      role: "group",
      dataset: { name: group.name, reviewed: group.reviewed, action, out: isLeftOut },
      aria: { label: `group ${number}` },
    },
    element("div", { className: "dupviz-pair" }, ...nodes),
    element(
      "div",
      { className: "dupviz-name", title: file ? pathOf(file) : "" },
      ...(file ? nameParts(file.name, 8) : []),
    ),
    element(
      "div",
      { className: "dupviz-tile-line" },
      element("span", { className: "dupviz-mark" }, icon(action), words[action]),
      element("span", { textContent: more > 0 ? `+${more}` : "" }),
      button(
        label,
        () => onLeaveOut(group.name),
        { aria: { pressed: isLeftOut }, tabIndex: -1 },
        icon("mark_different"),
      ),
    ),
  );
  return Object.assign(node, { text });
}
