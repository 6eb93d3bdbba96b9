// The search, and what has been said of folders.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { element } from "../../dupviz/widgets/gallery/dom.js";
import { makeNarrow, offer } from "../../dupviz/widgets/gallery/narrow.js";
import { fire, stateOf, textsOf } from "./page.js";

let sent;
let narrow;
let text;
let folder;
let format;
let since;
let until;

beforeEach(() => {
  sent = [];
  narrow = makeNarrow((step, values) => sent.push([step, values]));
  [text, folder, format, since, until] = narrow.row.querySelectorAll("input, select");
  document.body.replaceChildren(narrow.toggle, narrow.row, narrow.rules);
});

const none = { text: "", folder: "", format: "", since: "", until: "" };

test("what is chosen is searched at once", () => {
  narrow.update(stateOf("gallery", 0));
  folder.value = "album";
  fire(folder, "change");
  assert.deepEqual(sent, [["narrow", { ...none, folder: "album" }]]);
  since.value = "2026-11-25";
  fire(since, "change");
  until.value = "2026-11-26";
  fire(until, "change");
  format.value = "JPEG";
  fire(format, "change");
  assert.deepEqual(sent.at(-1)[1], {
    text: "",
    folder: "album",
    format: "JPEG",
    since: "2026-11-25",
    until: "2026-11-26",
  });
});

test("what is typed is searched once, when the keys are at rest", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  for (const typed of ["c", "ca", "cat"]) {
    text.value = typed;
    fire(text, "input");
    context.mock.timers.tick(200);
  }
  assert.deepEqual(sent, []);
  context.mock.timers.tick(100);
  assert.deepEqual(sent, [["narrow", { ...none, text: "cat" }]]);
});

test("a choice takes along what was just typed, and it is not searched again", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  text.value = "cat";
  fire(text, "input");
  fire(format, "change");
  context.mock.timers.tick(1000);
  assert.deepEqual(sent, [["narrow", { ...none, text: "cat" }]]);
});

test("folders and formats are offered, and what is searched for is shown", () => {
  narrow.update(stateOf("gallery", 4));
  assert.deepEqual(textsOf(folder.children), ["all", "album"]);
  assert.deepEqual(textsOf(format.children), ["all", "JPEG", "PNG", "WEBP"]);
  assert.deepEqual(
    [text, folder, format, since].map(({ value }) => value),
    ["turned", "album", "JPEG", ""],
  );
  assert.equal(narrow.toggle.textContent, "Filter · 3");
  assert.equal(narrow.toggle.getAttribute("aria-pressed"), "true");
  assert.equal(narrow.row.querySelector("[role=status]").textContent, "1 group");
  narrow.update(stateOf("gallery", 5));
  assert.equal(narrow.row.querySelector("[role=status]").textContent, "0 groups");
  narrow.update(stateOf("gallery", 0));
  assert.equal(narrow.toggle.textContent, "Filter");
  assert.equal(narrow.row.querySelector("[role=status]").textContent, "");
});

test("an answer does not replace what is being typed", () => {
  narrow.open();
  assert.equal(document.activeElement, text);
  text.value = "catch";
  narrow.update(stateOf("gallery", 4));
  assert.equal(text.value, "catch");
  text.blur();
  narrow.update(stateOf("gallery", 4));
  assert.equal(text.value, "turned");
});

test("the button opens and closes the search; Clear empties it", () => {
  assert.equal(narrow.row.hidden, true);
  narrow.toggle.click();
  assert.equal(narrow.row.hidden, false);
  assert.equal(narrow.toggle.getAttribute("aria-expanded"), "true");
  narrow.update(stateOf("gallery", 4));
  narrow.row.querySelector("button").click();
  assert.deepEqual(sent, [["narrow", none]]);
  narrow.toggle.click();
  assert.equal(narrow.row.hidden, true);
});

test("Clear is for a search only", () => {
  narrow.update(stateOf("gallery", 0));
  assert.equal(narrow.row.querySelector("button").disabled, true);
  narrow.update(stateOf("gallery", 4));
  assert.equal(narrow.row.querySelector("button").disabled, false);
});

test("what was said of a folder can be taken back", () => {
  narrow.update(stateOf("gallery", 0));
  assert.equal(narrow.rules.hidden, true);
  narrow.update(stateOf("gallery", 3));
  assert.equal(narrow.rules.hidden, false);
  const [rule] = narrow.rules.children;
  assert.equal(rule.textContent, "nothing goes from album ✕");
  rule.click();
  assert.deepEqual(sent, [["forget_folder", { rule: "never_from", number: 0 }]]);
});

test("a menu is filled anew only if there is something new to choose from", () => {
  const menu = element("select");
  offer(
    menu,
    [
      ["", "all"],
      ["a", "A"],
    ],
    "a",
  );
  const [, old] = menu.children;
  assert.equal(menu.value, "a");
  offer(
    menu,
    [
      ["", "all"],
      ["a", "A"],
    ],
    "",
  );
  assert.equal(menu.children[1], old);
  assert.equal(menu.value, "");
  offer(menu, [["b", "B"]], "b");
  assert.deepEqual(textsOf(menu.children), ["B"]);
});
