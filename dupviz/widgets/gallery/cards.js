// A file: its picture, which is the button that decides, with its name and facts below. A group: a row of files.

import { button, element, icon, nameParts, placeIn } from "./dom.js";

const MISSING = { gone: "no longer there", changed: "changed since it was read" };

const WHOLE_PICTURE = [0, 0, 1, 1];

// A small picture, with the window in which it differs most.
export function makeThumb() {
  const image = element("img", { draggable: false });
  const mark = element("span", { className: "dupviz-window", hidden: true });
  const node = element("span", { className: "dupviz-thumb" }, image, mark);

  function update(file) {
    const [width, height] = file.shape;
    Object.assign(image, { width, height, alt: pathOf(file) }); // only the ratio of the two counts
    node.style.setProperty("--ratio", width / height);
    node.style.setProperty("--natural", `${width}px`);
    mark.hidden = !file.window;
    if (file.window) Object.assign(mark.style, placeIn(WHOLE_PICTURE, file.window.slice(4)));
  }

  return { node, image, update };
}

export function makeCard(image, { onSelect, onAct, onFolder }) {
  const thumb = makeThumb();
  const mark = button("", () => onAct("toggle", image), { className: "dupviz-mark", tabIndex: -1 });
  const picture = element(
    "button",
    {
      type: "button",
      className: "dupviz-picture",
      tabIndex: -1,
      onclick: () => picture.focus(),
      ondblclick: () => onAct("compare", image),
      onfocus: () => onSelect(image),
    },
    thumb.node,
  );
  const tool = (step, label, key) =>
    button(`${label} (${key})`, () => onAct(step, image), { tabIndex: -1, dataset: { step } }, icon(step));
  const instead = tool("make_keeper", "Keep this one instead", "K");
  const different = tool("mark_different", "Not a duplicate", "D");
  const tools = element("div", { className: "dupviz-tools" }, instead, different, tool("compare", "Compare", "Enter"));
  const [name, beside, reason, match, facts] = ["name", "beside", "reason", "facts", "facts"].map((line) =>
    element("div", { className: `dupviz-${line}` }),
  );
  const folder = button("Folder", () => onFolder(current), { className: "dupviz-folder", tabIndex: -1 });
  const parts = [picture, mark, tools, reason, beside, match, name, folder, facts];
  const node = element("div", { className: "dupviz-file", dataset: { image } }, ...parts);
  let shown = "";
  let current = null;

  // Whether there was something new to show.
  function update(file, group, words) {
    const text = JSON.stringify([file, group]);
    if (text === shown) return false;
    shown = text;
    current = file;
    node.dataset.action = file.action;
    node.dataset.first = file.first;
    mark.replaceChildren(icon(file.action), words[file.action]);
    const path = pathOf(file);
    const missing = MISSING[file.state];
    const why = file.reason && file.first ? `stays: ${file.reason}` : file.reason;
    Object.assign(reason, { textContent: missing || why, hidden: !(missing || why) });
    reason.dataset.missing = Boolean(missing);
    const matches = [file.mse, file.turn && `↻ shown ${file.turn}`].filter(Boolean);
    Object.assign(match, { textContent: matches.join(" · "), hidden: !matches.length });
    Object.assign(beside, { textContent: file.beside, hidden: !file.beside });
    name.replaceChildren(...nameParts(file.name));
    name.title = path;
    folder.replaceChildren(icon("folder"), file.folder_name);
    folder.title = `${path}: more about this folder (F)`;
    folder.setAttribute("aria-label", `Folder ${file.folder_name}`); // which the picture of a folder says to others
    const lines = [`${file.pixels} · ${file.size}`, file.kind, ...file.camera];
    facts.title = lines.join(" · ");
    facts.replaceChildren(...lines.map((textContent) => element("span", { textContent })));
    thumb.update(file);
    mark.setAttribute("aria-pressed", file.action === "remove");
    mark.setAttribute("aria-label", file.first ? "stays for the others" : `${words[file.action]}: change (Space)`);
    mark.disabled = file.first;
    picture.setAttribute("aria-label", spoken(file, group, words[file.action], missing));
    picture.title = "Click, then use the keys; double-click to compare";
    mark.title = file.first ? "Stays for the others" : "Keep it, or let it go (Space)";
    instead.hidden = different.hidden = file.first;
    return true;
  }

  return { node, picture, image: thumb.image, update };
}

export const pathOf = (file) => [file.folder, file.name].filter(Boolean).join("/");

function spoken(file, group, word, missing) {
  const place = [pathOf(file), word, file.first && "stays for its group", `group ${group}`];
  const facts = [
    file.reason,
    file.beside,
    file.mse,
    file.turn,
    file.pixels,
    file.size,
    file.kind,
    ...file.camera,
    missing,
  ];
  return [...place, ...facts].filter(Boolean).join(", ");
}

// The row of a group; the old one, if nothing in it but the cards themselves has changed.
export function makeGroup(group, number, nodes, old, { onAccept, onExpand }) {
  const text = JSON.stringify([
    group.files.map((file) => file.image),
    group.more,
    group.more_words,
    group.reviewed,
    number,
  ]);
  if (old?.text === text) return old;
  const files = [...nodes];
  if (group.more) {
    const text = `${group.more} ${group.more_words}`;
    files.push(button(`Show ${text}`, () => onExpand(group.name), { className: "dupviz-more" }, text));
  }
  if (!files.length) files.push(element("p", { textContent: "No duplicates are left in this group." }));
  const done = button(
    group.reviewed ? "Reviewed" : "This group is right (A)",
    () => onAccept(group.name),
    {
      className: "dupviz-accept",
      hidden: !group.files.length,
      disabled: group.reviewed,
      aria: { pressed: group.reviewed },
    },
    icon("keep"),
  );
  const node = element(
    "div",
    {
      className: "dupviz-group",
      role: "group",
      dataset: { name: group.name, reviewed: group.reviewed },
      aria: { label: `group ${number}` },
    },
    element("div", { className: "dupviz-number" }, String(number), done),
    element("div", { className: "dupviz-files" }, ...files),
  );
  return Object.assign(node, { text });
}
