// The pair explorer in a notebook: what anywidget loads.

import { fromKernel } from "./kernel.js";
import { openPair } from "./pair.js";

function render({ model, el }) {
  const source = fromKernel(model);
  const end = openPair(model, source, el);
  return () => {
    end();
    source.close();
  };
}

export default { render };
