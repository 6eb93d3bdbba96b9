"""What a terminal shows fits its width."""

import io
from types import SimpleNamespace

import numpy as np
from made_up import find_by_mse, image_set

from dupviz.show.terminal import write_listing


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_reason_longer_than_the_terminal_goes_on_below_itself(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")
    found = find_by_mse(image_set(np.full((2, 8, 8, 3), np.arange(8)[:, None] * 30, np.uint8)), progress=False)
    reason = "the only one with a caption, 3 keywords, a place, a gain map, a film and a spoken note beside it"
    groups = found.groups.assign(reason=reason)
    terminal = Terminal()
    write_listing(SimpleNamespace(images=found.images, groups=groups, summary=found.summary), terminal)
    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines)) <= 60
    of_files = lines[1 : lines.index("", 1)]
    assert sum(not line.startswith(" " * 8) for line in of_files) == 2, "all but the paths is indented"
    assert " ".join(terminal.getvalue().split()).count(reason) == 2
