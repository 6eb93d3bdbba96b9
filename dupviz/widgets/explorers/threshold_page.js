// The threshold explorer as a page.

import { startPage } from "./page.js";
import { makeSearch } from "./sweep.js";
import { openThreshold } from "./threshold.js";

startPage((model, source, parent) => {
  const search = model.get("search");
  const at = makeSearch(search);
  const update = () => model.set("state", at(model.get("threshold")));
  const looks = new Map(search.looks.map(([a, b, verdict, words]) => [`${a} ${b}`, { verdict, words }]));
  model.on("change:threshold", update);
  update();
  return openThreshold(
    model,
    {
      tensors: async (images) =>
        new Map(await Promise.all(images.map(async (image) => [image, await source.tensor(String(image))]))),
      look: async ({ a, b }) => looks.get(`${a} ${b}`),
    },
    parent,
  );
});
