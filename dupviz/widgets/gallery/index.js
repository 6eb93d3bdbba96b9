// The review gallery in a notebook: what anywidget loads. Python joins these modules into one text (see modules.py).

import { openGallery } from "./gallery.js";

// A way to Python. Another transport needs these three: the state, a message there, and what comes back.
function connect(model) {
  return {
    state: () => model.get("state"),
    send: (message) => model.send(message),
    listen(onState, onAnswer) {
      model.on("change:state", onState);
      model.on("msg:custom", onAnswer);
      return () => {
        model.off("change:state", onState);
        model.off("msg:custom", onAnswer);
      };
    },
  };
}

function render({ model, el }) {
  return openGallery(connect(model), el);
}

export default { render };
