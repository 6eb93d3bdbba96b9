// The pair explorer as a page.

import { startPage } from "./page.js";
import { openPair } from "./pair.js";

startPage(openPair);
