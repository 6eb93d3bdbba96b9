// A search at any threshold has the numbers of Python.

import assert from "node:assert/strict";
import { test } from "node:test";
import { makeSearch } from "../../dupviz/widgets/explorers/sweep.js";
import { written } from "./page.js";

// Which of several with the same MSE comes first is not said.
function settledTies({ below, above, largest, ...numbers }) {
  const mses = [...below, ...above].map(({ mse }) => mse);
  return { ...numbers, mses, keeper: largest[0]?.image, shown: largest.length };
}

test("each threshold has the state that Python has: pairs, groups, files, flat ones, chains, the largest group", () => {
  for (const { search, states } of written.computed.searches) {
    const at = makeSearch(search);
    for (const state of states) assert.deepEqual(settledTies(at(state.threshold)), settledTies(state));
  }
});

test("files of the largest group, and pairs at the edge, match as Python says", () => {
  let compared = 0;
  for (const { search, states } of written.computed.searches) {
    const at = makeSearch(search);
    for (const state of states) {
      const here = at(state.threshold);
      for (const name of ["below", "above"]) {
        const known = new Map(here[name].map((pair) => [`${pair.a} ${pair.b}`, pair]));
        for (const pair of state[name])
          if (known.has(`${pair.a} ${pair.b}`)) {
            assert.deepEqual(known.get(`${pair.a} ${pair.b}`), pair);
            compared += 1;
          }
      }
      const turns = new Map(here.largest.map((file) => [file.image, file]));
      for (const file of state.largest.filter(({ image }) => turns.has(image)))
        assert.equal(turns.get(file.image).action, file.action);
    }
  }
  assert.ok(compared > 300, `${compared}`);
});

test("a file that goes is turned as it matches, whichever of the two it is", () => {
  const file = (rank) => ({ name: String(rank), rank, bytes: 1, flat: false, isProtected: false, leader: rank });
  const pairs = { a: [0], b: [1], mse: [5], rotation: [90], mirrored: [false] };
  const turnOf = (files) => makeSearch({ files, pairs })(10).largest[1].rotation;
  assert.equal(turnOf([file(0), file(1)]), 90);
  assert.equal(
    turnOf([
      { ...file(0), rank: 1 },
      { ...file(1), rank: 0 },
    ]),
    270,
  );
});
