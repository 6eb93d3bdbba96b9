"""``python -m dupviz`` is ``dupviz``."""

import sys

from dupviz.cli import main

sys.exit(main())
