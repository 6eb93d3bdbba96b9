// The menu of pictures, and the way to Python.

import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, move } from "./explorers.js";
import { settled, textsOf } from "./page.js";

const { makePictureMenu } = await import("../../dupviz/widgets/explorers/controls.js");
const { fromKernel } = await import("../../dupviz/widgets/explorers/kernel.js");

const NAMES = [...Array(1000).keys()].map((number) => `picture ${number}`);
const source = { names: async (text) => NAMES.filter((name) => name.includes(text)).slice(0, 300) };

test("many pictures are searched, and the first that is found is chosen", async () => {
  const chosen = [];
  const menu = makePictureMenu(source, "A", (name) => chosen.push(name));
  menu.set("picture 999");
  await drawn();
  const [select, search] = ["select", "input"].map((tag) => menu.node.querySelector(tag));
  assert.equal(search.hidden, false);
  assert.equal(select.options.length, 301); // with the one that is chosen
  assert.equal(select.value, "picture 999");
  await move(search, "55");
  assert.deepEqual(chosen, ["picture 55"]);
  menu.set("picture 55");
  assert.equal(select.options.length, NAMES.filter((name) => name.includes("55")).length);
  await move(search, "no such picture");
  assert.deepEqual(textsOf(select.options), ["picture 55"]);
  await move(select, "picture 55", "change");
  assert.deepEqual(chosen, ["picture 55", "picture 55"]);
});

test("few pictures are not searched, and only a page takes photos of one's own", async () => {
  const few = { names: async () => ["one", "two"] };
  const menu = makePictureMenu(few, "A", () => {});
  await drawn();
  assert.equal(menu.node.querySelector("[type=search]").hidden, true);
  assert.equal(menu.node.querySelector("[type=file]"), null);
  let added = "";
  const page = { names: async () => ["one", ...(added ? [added] : [])], add: async ({ name }) => (added = name) };
  const chosen = [];
  const own = makePictureMenu(page, "A", (name) => chosen.push(name));
  await own.add({ name: "mine" });
  assert.deepEqual(chosen, ["mine"]);
  assert.equal(own.node.querySelector("[type=file]").getAttribute("aria-label"), "A photo of your own for A");
});

test("Python is asked for a picture once", async () => {
  const sent = [];
  let receive;
  const model = {
    send: (message) => sent.push(message),
    on: (_event, listener) => {
      receive = listener;
    },
    off: (_event, listener) => {
      if (receive === listener) receive = null;
    },
  };
  const kernel = fromKernel(model);
  const [first, again] = [kernel.tensor("a", 2), kernel.tensor("a", 2)];
  kernel.tensor("a");
  assert.deepEqual(
    sent.map(({ picture, size }) => [picture, size]),
    [
      ["a", 2],
      ["a", 0],
    ],
  );
  const buffer = new Uint8Array([0, 0, ...Array(12).keys()]).buffer;
  receive({ id: sent[0].id }, [new DataView(buffer, 2)]);
  await settled();
  assert.deepEqual(await first, { size: 2, data: Uint8Array.from(Array(12).keys()) });
  assert.equal(await again, await first);
  const names = kernel.names("a");
  receive({ id: sent[2].id, names: ["a"] }, []);
  assert.deepEqual(await names, ["a"]);
  kernel.close();
  assert.equal(receive, null);
});
