// Only what has been on the screen is accepted with its page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { element } from "../../dupviz/widgets/gallery/dom.js";
import { makeSeen } from "../../dupviz/widgets/gallery/seen.js";
import { Observer } from "./page.js";

function makeList(names) {
  return element("div", {}, ...names.map((name) => element("div", { className: "dupviz-group", dataset: { name } })));
}

test("groups count as seen once they have been on the screen", () => {
  const list = makeList([3, 5, 7]);
  const seen = makeSeen(list);
  seen.watch(false);
  assert.deepEqual(seen.names(), []);
  Observer.show([list.children[0], list.children[2]]);
  Observer.show([list.children[1]], false);
  assert.deepEqual(seen.names(), [3, 7]);
  Observer.show([list.children[0]], false);
  assert.deepEqual(seen.names(), [3, 7]);
});

test("the same page goes on, another begins again", () => {
  const list = makeList([3]);
  const seen = makeSeen(list);
  seen.watch(false);
  Observer.show([list.firstChild]);
  seen.watch(true);
  assert.deepEqual(seen.names(), [3]);
  seen.watch(false);
  assert.deepEqual(seen.names(), []);
});

test("groups that are no longer there are not watched", () => {
  const list = makeList([3, 5]);
  const seen = makeSeen(list);
  seen.watch(false);
  const [gone] = list.children;
  gone.remove();
  seen.watch(true);
  Observer.show([gone, list.firstChild]);
  assert.deepEqual(seen.names(), [5]);
});
