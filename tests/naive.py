"""The definitions once more, as slowly and plainly as they can be written, and without a line of dupviz."""

TURNS = {
    "none": [(0, False)],
    "rotations": [(r, False) for r in (0, 90, 180, 270)],
    "dihedral": [(r, m) for m in (False, True) for r in (0, 90, 180, 270)],
}


def naive_transform(tensor, rotation, mirrored):
    """Nested lists: mirrored left-right first, then turned counter-clockwise by 90 degrees as often as needed."""
    rows = [list(map(list, row)) for row in tensor]
    if mirrored:
        rows = [row[::-1] for row in rows]
    for _ in range(rotation // 90):
        rows = [list(column) for column in zip(*rows)][::-1]
    return rows


def naive_mse(a, b):
    total = 0
    for row_a, row_b in zip(a, b):
        for pixel_a, pixel_b in zip(row_a, row_b):
            for x, y in zip(pixel_a, pixel_b):
                total += (int(x) - int(y)) ** 2
    return total / (len(a) * len(a[0]))


def naive_distance(a, b, symmetries):
    """The first of the smallest: (mse, rotation, mirrored)."""
    a, b = a.tolist(), b.tolist()
    best = None
    for rotation, mirrored in TURNS[symmetries]:
        candidate = naive_mse(a, naive_transform(b, rotation, mirrored))
        if best is None or candidate < best[0]:
            best = (candidate, rotation, mirrored)
    return best


def naive_pairs(tensors, max_mse, symmetries):
    """All pairs below the limit: (a, b, mse, rotation, mirrored)."""
    found = []
    for a in range(len(tensors)):
        for b in range(a + 1, len(tensors)):
            best = naive_distance(tensors[a], tensors[b], symmetries)
            if best[0] < max_mse:
                found.append((a, b, *best))
    return found


def naive_groups(n, pairs, order, protected=frozenset()):
    """Greedy groups, one file after another: {file that can go: (mse, its nearest kept file)}."""
    mse = {}
    for a, b, value, *_ in pairs:
        mse[a, b] = mse[b, a] = value
    kept, gone = [], {}
    order = [i for i in order if i in protected] + [i for i in order if i not in protected]
    assert len(order) == n
    for file in order:
        near = [(mse[file, other], kept.index(other), other) for other in kept if (file, other) in mse]
        if near and file not in protected:
            value, _, keeper = min(near)
            gone[file] = (value, keeper)
        else:
            kept.append(file)
    return gone
