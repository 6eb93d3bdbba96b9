// Tensors, MSEs and numbers in words are those of Python.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addressOf, bitmap, heat } from "../../dupviz/widgets/explorers/drawing.js";
import {
  fileSize,
  general,
  mirrorTurn,
  mse,
  nearest,
  squaredErrors,
  symmetriesOf,
  tensorOf,
  transform,
  turnWords,
  written,
} from "../../dupviz/widgets/explorers/numbers.js";
import { shrink } from "../../dupviz/widgets/explorers/photo.js";
import { written as states } from "./page.js";

const { computed } = states;
const bytesOf = (text) => Uint8Array.from(Buffer.from(text, "base64"));
const [a, b] = [computed.a, computed.b].map((text) => tensorOf(bytesOf(text)));

test("numbers are written as Python writes them", () => {
  for (const [number, text] of computed.numbers) assert.equal(written(number), text);
  for (const [number, text] of computed.thresholds) assert.equal(general(number), text);
  for (const [number, text] of computed.bytes) assert.equal(fileSize(number), text);
});

test("each symmetry turns a tensor, and has its MSE, as in Python", () => {
  for (const { tensor, mse: expected, ...symmetry } of computed.turns) {
    const turned = transform(b, symmetry);
    assert.deepEqual(turned.data, bytesOf(tensor));
    assert.equal(mse(a, turned), expected);
  }
  assert.deepEqual(squaredErrors(a, b), computed.errors);
});

test("the nearest turn is that of Python, and the first of several", () => {
  for (const [name, [expected, rotation, mirrored]] of Object.entries(computed.nearest))
    assert.deepEqual(nearest(a, b, symmetriesOf(name)), { mse: expected, rotation, mirrored });
  const grey = { size: 5, data: new Uint8Array(75).fill(9) };
  assert.deepEqual(nearest(grey, grey, symmetriesOf("dihedral")), { mse: 0, rotation: 0, mirrored: false });
});

test("a mirror changes left and right of what is shown", () => {
  for (const symmetry of symmetriesOf("dihedral")) {
    const shown = transform(b, symmetry);
    const mirrored = transform(shown, { rotation: 0, mirrored: true });
    assert.deepEqual(transform(b, mirrorTurn(symmetry)), mirrored);
  }
});

test("turns have the words that Python has", () => {
  const all = symmetriesOf("dihedral").map(turnWords);
  assert.deepEqual([all[0], all[1], all[4], all[6]], ["", "turned 90°", "mirrored", "mirrored, turned 180°"]);
});

test("squared errors have the colours of matplotlib, and the largest is the lightest", () => {
  const numbers = [...Array(256).keys()];
  assert.deepEqual([...heat(numbers, 256)], computed.magma);
  assert.deepEqual([...heat([7], 7)], computed.magma.slice(-3));
  assert.deepEqual([...heat([0], 0)], computed.magma.slice(0, 3));
});

test("a picture is a bitmap of its pixels, from the last line to the first", () => {
  const file = Buffer.from(bitmap(1, 2, [1, 2, 3, 4, 5, 6]).split(",")[1], "base64");
  assert.deepEqual([file.toString("latin1", 0, 2), file.readUInt32LE(2)], ["BM", 62]);
  assert.deepEqual([...file.subarray(54)], [6, 5, 4, 0, 3, 2, 1, 0]);
  assert.equal(addressOf({ size: 1, data: [1, 2, 3] }), bitmap(1, 1, [1, 2, 3]));
});

test("a photo is resized as in Python, to the last bit", () => {
  for (const { width, height, size, values, tensor } of computed.photos) {
    const pixels = bytesOf(values);
    const read = (top, lines) => pixels.subarray(4 * width * top, 4 * width * (top + lines));
    assert.deepEqual(shrink(width, height, size, read).data, bytesOf(tensor), `${width} × ${height} to ${size}`);
  }
});
