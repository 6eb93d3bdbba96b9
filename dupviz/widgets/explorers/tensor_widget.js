// The tensor explorer in a notebook: what anywidget loads.

import { fromKernel } from "./kernel.js";
import { openTensor } from "./tensor.js";

function render({ model, el }) {
  const source = fromKernel(model);
  const end = openTensor(model, source, el);
  return () => {
    end();
    source.close();
  };
}

export default { render };
