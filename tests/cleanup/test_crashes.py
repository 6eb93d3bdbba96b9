"""A kill at any moment loses no picture: the process is a real one, and so is SIGKILL."""

import signal
import tempfile
from collections import Counter

import numpy as np
import pytest
from crashes import World, other_file_system

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")


@pytest.mark.parametrize(
    ("where", "options"), [("same", {}), ("other", {}), ("same", {"carry": True}), ("other", {"beside": True})]
)
def test_killed_at_any_moment_every_picture_comes_back(where, options, tmp_path):
    elsewhere = tmp_path if where == "same" else other_file_system(tmp_path)
    if elsewhere is None:
        pytest.skip("no second file system is known here")
    with tempfile.TemporaryDirectory(dir=elsewhere) as other:
        world = World(tmp_path, other, 80, **options)
        rng = np.random.default_rng()
        in_the_midst = Counter()
        for _ in range(40):
            crash = world.crash(rng)
            assert crash.twice <= max(1, crash.apply_killed)
            in_the_midst["apply"] += crash.apply_killed and 0 < crash.moved < len(world.paths)
            in_the_midst["undo"] += crash.undo_killed and 0 < crash.left < crash.moved
            if in_the_midst["apply"] >= 3 and in_the_midst["undo"] >= 2:
                return
        raise AssertionError(f"in 40 rounds too few kills came while files were moving: {dict(in_the_midst)}")
