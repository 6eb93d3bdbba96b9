// What Python sends follows its schema, which forbids all else.

import assert from "node:assert/strict";
import { test } from "node:test";
import { check, strict, written } from "./page.js";

for (const [page, states] of Object.entries(written.states))
  test(`each state of the ${page} follows its schema, and not without one of its parts, or with one more`, () => {
    const schema = written.schemas[page];
    for (const state of states) {
      check(schema, state);
      for (const name of Object.keys(state)) {
        const { [name]: _, ...others } = state;
        assert.throws(() => check(schema, others), new RegExp(name));
      }
      assert.throws(() => check(schema, { ...state, more: 1 }), /additional properties/);
    }
  });

test("the states have what the tests are about", () => {
  const files = written.states.gallery.flatMap(({ groups }) => groups.flatMap((group) => group.files));
  assert.deepEqual(new Set(files.map(({ action }) => action)), new Set(["keep", "remove", "review"]));
  assert.ok(files.some(({ turn }) => turn));
  assert.ok(written.states.gallery.some(({ groups }) => !groups.length));
  assert.ok(written.states.split.every(({ pairs }) => pairs.length));
});

test("messages that no page sends are not in the schema", () => {
  const { gallery, split, server } = written.messages;
  check(gallery, { do: "toggle", id: 1, image: 0 });
  check(split, { do: "page", id: 1, page: 0 });
  check(server, { do: "open", id: 1, path: "photos" });
  assert.throws(() => check(gallery, { do: "toggle", image: 0 }));
  assert.throws(() => check(gallery, { do: "toggle", id: 1, image: -1 }));
  assert.throws(() => check(gallery, { do: "open", id: 1, path: "photos" }));
});

test("nothing can be read of a strict state that Python does not send", () => {
  const state = strict({ files: [{ name: "a" }] });
  assert.equal(state.files[0].name, "a");
  assert.throws(() => state.files[0].nmae, /Python sends no nmae/);
  assert.equal(JSON.stringify(state), '{"files":[{"name":"a"}]}');
});
