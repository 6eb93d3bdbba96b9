// The review of leaks and label conflicts in a notebook.

import { connect } from "../gallery/connection.js";
import { openPairs } from "./pairs.js";

export default { render: ({ model, el }) => openPairs(connect(model), el) };
