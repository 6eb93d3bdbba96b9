import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";
import { button, clamp, element, icon, jpegAddress, nameParts } from "../../dupviz/widgets/gallery/dom.js";

test("texts from outside are only ever text", () => {
  const name = "<img src=x onerror=alert(1)>";
  const node = element("p", { textContent: name, title: name }, name);
  assert.equal(node.children.length, 0);
  assert.equal(node.textContent, name + name);
  assert.equal(button("label", null, {}, name).children.length, 0);
});

test("properties, data and what is heard are set", () => {
  const node = element("div", { className: "a", dataset: { image: 3 }, aria: { label: "name", pressed: false } }, "b");
  assert.equal(node.outerHTML, '<div class="a" data-image="3" aria-label="name" aria-pressed="false">b</div>');
});

test("a button is called by its text, and by its label where it is only a picture", () => {
  let pressed = 0;
  const words = button("Move what can go", () => pressed++, { aria: { pressed: true } }, "Move…");
  const picture = button("Undo (U)", () => pressed++, { aria: { pressed: true } }, icon("undo"));
  assert.equal(words.getAttribute("aria-label"), null);
  assert.equal(picture.getAttribute("aria-label"), "Undo (U)");
  for (const each of [words, picture]) {
    assert.equal(each.getAttribute("aria-pressed"), "true");
    assert.equal(each.type, "button");
    each.click();
  }
  assert.equal(words.title, "Move what can go");
  assert.equal(pressed, 2);
});

test("an icon is seen and not heard", () => {
  const svg = icon("keep");
  assert.equal(svg.getAttribute("aria-hidden"), "true");
  assert.match(svg.firstChild.getAttribute("d"), /^M3 8/);
});

test("clamp keeps a value between two others", () => {
  assert.deepEqual(
    [-1, 0, 1.5, 2, 3].map((value) => clamp(value, 0, 2)),
    [0, 0, 1.5, 2, 2],
  );
});

test("pictures get an address of their own", async () => {
  const address = jpegAddress(new Uint8Array([1, 2, 3]));
  const blob = await (await fetch(address)).blob();
  assert.deepEqual([blob.size, blob.type], [3, "image/jpeg"]);
});

test("a long name is two parts, of which the end is always shown; a short one is whole", () => {
  const parts = (name, tail) => nameParts(name, tail).map(({ textContent }) => textContent);
  assert.deepEqual(parts("IMG_0417.jpg"), ["IMG_0417.jpg"]);
  assert.deepEqual(parts("acanthus_brighter_15.jpg"), ["acanthus_brigh", "ter_15.jpg"]);
  assert.deepEqual(parts("IMG_0417_a.jpg 🙂🙂", 4), ["IMG_0417_a.jp", "g 🙂🙂"]);
});
