"""Whether the intervals of `suggest_threshold`, `wrong_joins` and `wrong_joins_by_date` hold: 95 times of 100, or more.

    python benchmarks/intervals.py
    python benchmarks/intervals.py --trials 5000

Of large made-up folders, of which all is known, small samples are drawn again and again, and their intervals compared
with what is true of the folder. In some folders many pictures are near to many others, which makes their pairs depend
on each other. Beside them are two ways that are often taken, and that do not hold: a bootstrap of the pictures, and
pairs that are counted as if they were independent.
"""

import argparse

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dupviz import find_pairs
from dupviz.images.decode import picture_tensor
from dupviz.threshold.suggest import share_interval
from dupviz.threshold.wrong_joins import joined_units, rate_interval

FOLDER = 600  # pictures
DAYS = 40  # that are drawn, of 600 days
BY_DATE_TRIALS = 200
PICTURES, LABELS = 40, 60  # that are drawn
RESAMPLES = 200


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=2000)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    folders = {
        "no hubs: pairs at random": at_random(rng, 0.005),
        "hub: 1 in 10 is a page, all pages are near": pages(rng, 0.1),
        "hub: 1 in 30 is near to all": near_to_all(rng, 1 / 30),
        "hub: pages, and blank ones near to all pages": pages(rng, 0.3, blank=0.1),
        "icons: pale letters below 200": icons(rng),
    }
    print(f"How many different pairs are joined: {PICTURES} pictures, {options.trials:,} times")
    print("| folder | joined | holds | mean upper end | bootstrap holds | independent pairs hold |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, joined in folders.items():
        print(f"| {name} | {of_pictures(joined, options.trials, rng)} |")
    print(f"\nThe same of pictures of different days: {DAYS} days, {BY_DATE_TRIALS} times")
    print("| folder | joined | holds | mean upper end | every picture independent holds |")
    print("|---|---:|---:|---:|---:|")
    for name, joined in folders.items():
        print(f"| {name} | {of_days(joined, np.random.default_rng(1))} |")
    print(f"\nWrong pairs of those found, and pairs found of those that are the same: {LABELS} random pairs")
    print("| folder | wrong | holds | found | holds |")
    print("|---|---:|---:|---:|---:|")
    for name, joined in folders.items():
        print(f"| {name} | {of_pairs(joined, options.trials, rng)} |")


# Folders: whether each two of their pictures are joined, bool of shape (FOLDER, FOLDER).


def at_random(rng, share):
    """Each pair by its own luck."""
    joined = np.triu(rng.random((FOLDER, FOLDER)) < share, 1)
    return joined | joined.T


def pages(rng, share, blank=0.0):
    """Some pictures are near to each other; or, with blank ones, to these only."""
    is_page = rng.random(FOLDER) < share
    is_hub = is_page & (rng.random(FOLDER) < blank / share) if blank else is_page
    joined = (is_page[:, None] & is_hub) | (is_hub[:, None] & is_page)
    np.fill_diagonal(joined, False)
    return joined


def near_to_all(rng, share):
    """Some pictures are near to all others."""
    is_hub = rng.random(FOLDER) < share
    joined = is_hub[:, None] | is_hub
    np.fill_diagonal(joined, False)
    return joined


def icons(rng):
    """Letters in pale grey on white, of many sizes: their own MSEs."""
    tensors = []
    for _ in range(FOLDER):
        picture = Image.new("RGB", (32, 32), "white")
        ink, size = int(rng.integers(120, 240)), int(rng.integers(14, 28))
        letter = chr(int(rng.integers(ord("a"), ord("z") + 1)))
        ImageDraw.Draw(picture).text((16, 16), letter, (ink,) * 3, font=ImageFont.load_default(size), anchor="mm")
        tensors.append(picture_tensor(picture, 50))
    pairs = find_pairs(np.array(tensors), max_mse=200, progress=False)
    joined = np.zeros((FOLDER, FOLDER), bool)
    joined[pairs["a"], pairs["b"]] = joined[pairs["b"], pairs["a"]] = True
    return joined


def of_pictures(joined, trials, rng):
    """How often each interval of the share of joined pairs holds."""
    truth = joined.sum() / (FOLDER * (FOLDER - 1))
    held, upper, by_bootstrap, as_independent = [], [], [], []
    for _ in range(trials):
        drawn = rng.choice(FOLDER, PICTURES, replace=False)
        part = joined[np.ix_(drawn, drawn)]
        pairs = PICTURES * (PICTURES - 1) // 2
        low, high = rate_interval(part.sum() / 2 / pairs, PICTURES // 2)
        held.append(low <= truth <= high)
        upper.append(high)
        low, high = share_interval(int(part.sum() // 2), pairs)
        as_independent.append(low <= truth <= high)
        low, high = bootstrap(part, rng)
        by_bootstrap.append(low <= truth <= high)
    return (
        f"{truth:.2%} | {np.mean(held):.1%} | {np.mean(upper):.0%} | {np.mean(by_bootstrap):.1%} | "
        f"{np.mean(as_independent):.1%}"
    )


def of_days(joined, rng):
    """How often the interval without labels holds: a day has one to thirty pictures, all alike.

    Beside it is the interval that takes the pictures of a day for as many that are independent.
    """
    truth = joined.sum() / (FOLDER * (FOLDER - 1))
    held, upper, as_independent = [], [], []
    for _ in range(BY_DATE_TRIALS):
        drawn = rng.choice(FOLDER, DAYS, replace=False)
        files = rng.integers(1, 31, DAYS)
        day = np.repeat(np.arange(DAYS), files)
        ends = day[np.array(np.triu_indices(len(day), 1))]
        ends = ends[:, joined[drawn[ends[0]], drawn[ends[1]]]]  # two of one day are not among them
        table = joined_units(
            ends, np.zeros(ends.shape[1]), files=files, pictures=FOLDER, thresholds=[200], confidence=0.95
        )
        held.append(table["low"][0] <= truth <= table["high"][0])
        upper.append(table["high"][0])
        pairs = (len(day) ** 2 - (files**2).sum()) // 2
        low, high = rate_interval(ends.shape[1] / pairs, len(day) // 2)
        as_independent.append(low <= truth <= high)
    return f"{truth:.2%} | {np.mean(held):.1%} | {np.mean(upper):.0%} | {np.mean(as_independent):.1%}"


def bootstrap(part, rng):
    """The interval between percentiles of the share, over pictures that are drawn again."""
    times = rng.multinomial(len(part), np.full(len(part), 1 / len(part)), RESAMPLES)
    pairs = len(part) ** 2 - (times**2).sum(axis=1)
    shares = np.einsum("ri,ij,rj->r", times, part, times, optimize=True) / pairs
    return np.percentile(shares, [2.5, 97.5])


def of_pairs(joined, trials, rng):
    """How often the intervals hold of labels of random pairs: of pairs of one picture, and of those joined wrongly."""
    mse_of_wrong = rng.uniform(0, 400, int(joined.sum()) // 2)
    mse_of_same = rng.exponential(100, 300)
    same = np.repeat([False, True], [len(mse_of_wrong), len(mse_of_same)])
    mses = np.append(mse_of_wrong, mse_of_same)
    below = mses < 200
    wrong, found = (below & ~same).sum() / below.sum(), (below & same).sum() / same.sum()
    held = [], []
    for _ in range(trials):
        drawn = rng.choice(len(mses), LABELS, replace=False)
        b, s = below[drawn], same[drawn]
        for into, part, whole, truth in ((held[0], b & ~s, b, wrong), (held[1], b & s, s, found)):
            low, high = share_interval(int(part.sum()), int(whole.sum()))
            into.append(low <= truth <= high)
    return f"{wrong:.0%} | {np.mean(held[0]):.1%} | {found:.0%} | {np.mean(held[1]):.1%}"


if __name__ == "__main__":
    main()
