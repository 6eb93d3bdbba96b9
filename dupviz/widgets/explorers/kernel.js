// Pictures that Python has: asked for once each.

import { makeQuestions } from "../gallery/connection.js";
import { tensorOf } from "./numbers.js";

const SIZES = Array.from({ length: 49 }, (_, i) => i + 2);

export function fromKernel(model) {
  const { ask, receive } = makeQuestions((message) => model.send(message));
  const known = new Map();
  model.on("msg:custom", receive);

  // The tensor of a picture: of the size that it has, or of any.
  function tensor(name, size = 0) {
    const key = `${size} ${name}`;
    if (!known.has(key)) known.set(key, read(name, size));
    return known.get(key);
  }

  async function read(picture, size) {
    const { pictures } = await ask("tensor", { picture, size });
    const { buffer, byteOffset, byteLength } = pictures[0];
    return tensorOf(new Uint8Array(buffer, byteOffset, byteLength));
  }

  return {
    ask,
    sizes: SIZES,
    tensor,
    names: async (text) => (await ask("names", { text })).names,
    close: () => model.off("msg:custom", receive),
  };
}
