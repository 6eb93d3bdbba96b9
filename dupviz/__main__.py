"""``python -m dupviz`` is ``dupviz``."""

import sys

from dupviz.cli.main import main

sys.exit(main())
