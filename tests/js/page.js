// A page without a browser, Python's states, and a connection that answers as a test says.

import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { Window } from "happy-dom";

export const window = new Window({ url: "http://localhost/", width: 1200, height: 800 });
for (const name of ["document", "screen", "devicePixelRatio", "matchMedia", "DOMParser", "HTMLElement"])
  globalThis[name] = window[name];
globalThis.window = window;

// What is on the screen is what a test says is.
export class Observer {
  static all = [];
  observed = new Set();

  constructor(report) {
    this.report = report;
    Observer.all.push(this);
  }
  observe(target) {
    this.observed.add(target);
  }
  unobserve(target) {
    this.observed.delete(target);
  }
  disconnect() {
    this.observed.clear();
  }
  // Tell all that watch these elements whether they are on the screen.
  static show(targets, isIntersecting = true) {
    for (const observer of Observer.all) {
      const seen = targets.filter((target) => observer.observed.has(target));
      if (seen.length) observer.report(seen.map((target) => ({ target, isIntersecting })));
    }
  }
}
globalThis.IntersectionObserver = Observer;

// What tests/page_states.py wrote: run by `npm test` before the tests.
export const written = JSON.parse(readFileSync(new URL("states.json", import.meta.url), "utf8"));

const ajv = new Ajv2020({ strictTypes: false, strictTuples: false });
const compiled = new Map();

// Raises an error unless a value is what a schema says.
export function check(schema, value) {
  if (!compiled.has(schema)) compiled.set(schema, ajv.compile(schema));
  const follows = compiled.get(schema);
  if (!follows(value)) throw new Error(`${JSON.stringify(value)}: ${ajv.errorsText(follows.errors)}`);
}

// A copy of a value in which nothing can be read that is not there.
export function strict(value) {
  if (Array.isArray(value)) return value.map(strict);
  if (value === null || typeof value !== "object") return value;
  const parts = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, strict(part)]));
  return new Proxy(parts, {
    get(target, name) {
      if (typeof name === "string" && name !== "toJSON" && !Object.hasOwn(target, name))
        throw new Error(`Python sends no ${name}, but ${Object.keys(target)}`);
      return target[name];
    },
  });
}

// A state of a page as Python sent it, as a test may change it; it still follows the schema.
export function stateOf(page, number, changes = {}) {
  const state = { ...structuredClone(written.states[page][number]), ...changes };
  check(written.schemas[page], state);
  return strict(state);
}

// A connection to a page. `asked` holds what was asked; each question waits until it is answered or refused.
export function makeConnection(page, state) {
  const asked = [];
  let current = state;
  let listener = null;
  return {
    asked,
    state: () => current,
    ask(step, values = {}) {
      check(written.messages[page], { do: step, id: 1, ...values });
      return new Promise((resolve, reject) => {
        const answer = (content = {}, pictures = []) => {
          check(written.schemas.answer, { id: 1, ...content });
          resolve({ ...content, pictures });
          return settled();
        };
        const refuse = (reason) => {
          reject(new Error(reason));
          return settled();
        };
        asked.push({ step, values, answer, refuse });
      });
    },
    listen(onState) {
      listener = onState;
      return () => {
        listener = null;
      };
    },
    isListening: () => listener !== null,
    show(next) {
      current = next;
      listener?.();
    },
    // The questions of a kind since this was called last.
    take(step) {
      const taken = asked.filter((question) => question.step === step);
      for (const question of taken) asked.splice(asked.indexOf(question), 1);
      return taken;
    },
  };
}

// After all that waits for an answer has gone on.
export const settled = () => new Promise((resolve) => setImmediate(resolve));

export const jpeg = (text) => new TextEncoder().encode(text);

export function press(target, key, more = {}) {
  target.dispatchEvent(new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
}

export const fire = (target, name) => target.dispatchEvent(new window.Event(name, { bubbles: true, cancelable: true }));

export const textsOf = (nodes) => [...nodes].map((node) => node.textContent);
