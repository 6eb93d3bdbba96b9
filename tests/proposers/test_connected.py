import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from dupviz.proposers.connected import connected

PARTS = {"scipy.fft", "scipy.linalg", "scipy.ndimage", "scipy.sparse", "scipy.special"}


@given(st.data(), st.integers(1, 12))
def test_images_are_numbered_as_scipy_does(data, n):
    rows = st.integers(0, n - 1)
    pairs = np.array(data.draw(st.lists(st.tuples(rows, rows), max_size=15)), np.int64).reshape(-1, 2)
    a, b = pairs.T
    graph = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(n, n))
    assert connected(a, b, n).tolist() == connected_components(graph, directed=False)[1].tolist()


def test_a_long_chain_in_any_order_is_one():
    chain = np.random.default_rng(0).permutation(5000)
    assert not connected(chain[:-1], chain[1:], 5000).any()


def test_a_scan_of_copies_loads_no_part_of_scipy(tmp_path):
    """Each takes a tenth of a second or two."""
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (24, 32, 3), np.uint8)).resize((128, 96))
    for quality in (80, 90):
        picture.save(tmp_path / f"{quality}.jpg", quality=quality)
    lines = [
        "import sys, dupviz as dv",
        f"found = dv.find_duplicates({str(tmp_path)!r}, cache=False, progress=False)",
        f"print(len(found.groups), sorted({PARTS} & sys.modules.keys()))",
    ]
    command = [sys.executable, "-c", "\n".join(lines)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "2 []\n"
