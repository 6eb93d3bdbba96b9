// The tensor explorer as a page.

import { startPage } from "./page.js";
import { openTensor } from "./tensor.js";

startPage(openTensor);
