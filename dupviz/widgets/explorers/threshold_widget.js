// The threshold explorer in a notebook: what anywidget loads.

import { fromKernel } from "./kernel.js";
import { tensorOf } from "./numbers.js";
import { openThreshold } from "./threshold.js";

function render({ model, el }) {
  const kernel = fromKernel(model);
  const known = new Map();

  async function tensors(images) {
    const missing = images.filter((image) => !known.has(image));
    if (missing.length) {
      const { pictures } = await kernel.ask("tensors", { images: missing });
      for (const [i, { buffer, byteOffset, byteLength }] of pictures.entries())
        known.set(missing[i], tensorOf(new Uint8Array(buffer, byteOffset, byteLength)));
    }
    return known;
  }

  const source = {
    tensors,
    async look({ a, b, rotation, mirrored }) {
      const [verdict, words] = (await kernel.ask("look", { a, b, rotation, mirrored })).look;
      return { verdict, words };
    },
    label: async (a, b, same) => (await kernel.ask("label", { a, b, same })).reasons[0],
  };
  const end = openThreshold(model, source, el);
  return () => {
    end();
    kernel.close();
  };
}

export default { render };
