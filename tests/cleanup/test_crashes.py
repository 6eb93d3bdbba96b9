"""A kill at any moment loses no picture: the process is a real one, and so is SIGKILL."""

import signal
import tempfile

import numpy as np
import pytest
from crashes import World, other_file_system

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")


@pytest.mark.parametrize("where", ["same", "other"])
def test_killed_at_any_moment_every_picture_comes_back(where, tmp_path):
    elsewhere = tmp_path if where == "same" else other_file_system(tmp_path)
    if elsewhere is None:
        pytest.skip("no second file system is known here")
    with tempfile.TemporaryDirectory(dir=elsewhere) as other:
        world = World(tmp_path, other, 80)
        rng = np.random.default_rng()
        for _ in range(3):
            crash = world.crash(rng)
            assert crash.twice <= 1
