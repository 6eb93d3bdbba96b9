// Each question gets its own answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { connect, makeQuestions } from "../../dupviz/widgets/gallery/connection.js";

function makeModel(state) {
  const listeners = new Map();
  return {
    sent: [],
    get: (name) => ({ state })[name],
    send(message) {
      this.sent.push(message);
    },
    on: (name, listener) => listeners.set(name, listener),
    off: (name, listener) => listeners.get(name) === listener && listeners.delete(name),
    say: (name, ...values) => listeners.get(name)?.(...values),
    listeners,
  };
}

test("answers are known by their number, in whatever order they come", async () => {
  const sent = [];
  const questions = makeQuestions((message) => sent.push(message));
  const first = questions.ask("preview", { to: "a" });
  const second = questions.ask("undo");
  assert.deepEqual(
    sent.map(({ id, ...message }) => message),
    [{ do: "preview", to: "a" }, { do: "undo" }],
  );
  assert.notEqual(sent[0].id, sent[1].id);
  questions.receive({ id: sent[1].id }, []);
  questions.receive({ id: sent[0].id, reasons: [""] }, ["jpeg"]);
  assert.deepEqual(await first, { id: sent[0].id, reasons: [""], pictures: ["jpeg"] });
  assert.deepEqual(await second, { id: sent[1].id, pictures: [] });
});

test("a refusal is an error with the reason", async () => {
  const sent = [];
  const questions = makeQuestions((message) => sent.push(message));
  const asked = questions.ask("undo");
  questions.receive({ id: sent[0].id, refused: "There is no such thing." }, []);
  await assert.rejects(asked, { message: "There is no such thing." });
});

test("answers to others, and second ones, are passed over", async () => {
  const sent = [];
  const questions = makeQuestions((message) => sent.push(message));
  const asked = questions.ask("undo");
  questions.receive({ id: null, refused: "no" }, []);
  questions.receive({ id: sent[0].id + 1, refused: "no" }, []);
  questions.receive({ id: sent[0].id }, ["first"]);
  questions.receive({ id: sent[0].id }, ["second"]);
  assert.deepEqual((await asked).pictures, ["first"]);
});

test("two views of one widget count from different numbers, which are whole", () => {
  const numbers = [1, 2, 3].map(() => {
    let number = 0;
    makeQuestions(({ id }) => {
      number = id;
    }).ask("undo");
    return number;
  });
  assert.equal(new Set(numbers).size, 3);
  assert.ok(numbers.every(Number.isSafeInteger));
});

test("in Jupyter, states and answers are heard until the view is closed", async () => {
  const model = makeModel("a state");
  const connection = connect(model);
  assert.equal(connection.state(), "a state");
  let drawn = 0;
  const stop = connection.listen(() => drawn++);
  model.say("change:state");
  assert.equal(drawn, 1);
  const asked = connection.ask("undo");
  model.say("msg:custom", { id: model.sent[0].id }, ["picture"]);
  assert.deepEqual((await asked).pictures, ["picture"]);
  stop();
  assert.equal(model.listeners.size, 0);
});
