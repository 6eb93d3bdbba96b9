// The keys, and the dialog that explains them.

import { button, element } from "./dom.js";

const GALLERY_KEYS = [
  ["← →", "previous, next file"],
  ["↑ ↓", "previous, next group"],
  ["Space", "keep it, or let it go"],
  ["K", "keep this one in the place of the one that stays"],
  ["D", "not a duplicate: never offer this pair again"],
  ["Enter", "compare with the one that stays"],
  ["A", "this group is right: mark it as reviewed, go to the next"],
  ["O", "one by one: the next pair that is not reviewed, over the whole window"],
  ["V", "contact sheet: many groups on a page; Space leaves one out of those that are accepted"],
  ["G", "go to a page or a name"],
  ["Shift A", "the whole page is right, except what was left out"],
  ["F", "the file's folder: nothing goes from there, or keep from there"],
  ["/", "search by name, folder, format or day"],
  ["U, Ctrl Z", "undo"],
  ["R, Ctrl Shift Z", "redo"],
  ["Page ↑ ↓", "previous, next page"],
  ["Home, End", "first, last file of the page"],
  ["?", "this help"],
];

const COMPARISON_KEYS = [
  ["A", "this group is right: on to the next one"],
  ["S X", "the file stays, or can go: on to the next one"],
  ["D", "not a duplicate: on to the next one"],
  ["1 2 3", "side by side, flicker, difference (black where they are equal, four times as bright where not)"],
  ["F", "in flicker: the other picture; while it is held, the two in turns"],
  ["+ −", "zoom; the arrow keys move"],
  ["W", "the place that differs most, and back"],
  ["T", "as it is stored, not turned"],
  ["← →", "previous, next pair"],
  ["Space K", "keep it or let it go, keep it instead: and stay at this pair"],
  ["U", "undo, and back to that pair"],
  ["Esc", "back"],
];

export function makeHelp() {
  const help = element(
    "dialog",
    {
      className: "dupviz-help",
      aria: { label: "Keys" },
      onclick: (event) => event.target === help && help.close(),
    },
    element(
      "div",
      {},
      element("h3", { textContent: "Keys" }),
      keyTable(GALLERY_KEYS),
      element("h3", { textContent: "While comparing" }),
      keyTable(COMPARISON_KEYS),
      button("Close", () => help.close(), { className: "dupviz-main" }, "Close"),
    ),
  );
  return help;
}

function keyTable(keys) {
  const rows = keys.flatMap(([key, what]) => [
    element("dt", {}, element("kbd", { textContent: key })),
    element("dd", { textContent: what }),
  ]);
  return element("dl", {}, ...rows);
}

// What a key event means: the name of a key in a table of actions, or nothing where the key is not ours.
export function keyOf(event) {
  if (event.target.matches("select, input")) return null;
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() !== "z") return null;
    return event.shiftKey ? "r" : "u";
  }
  if (event.altKey) return null;
  // Space and Enter on a button other than a picture are the button's own.
  const isPress = event.key === " " || event.key === "Enter";
  return isPress && event.target.matches("button:not(.dupviz-picture, .dupviz-small)") ? null : event.key;
}
