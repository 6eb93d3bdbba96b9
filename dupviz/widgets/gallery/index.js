// The review gallery in a notebook: what anywidget loads. Python joins these modules into one text (see modules.py).

import { connect } from "./connection.js";
import { openGallery } from "./gallery.js";

export default { render: ({ model, el }) => openGallery(connect(model), el).close };
