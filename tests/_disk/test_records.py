"""Whatever stands in a file of records, the three that read one open, and what was said before and after it counts."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dupviz._disk.records import read_records
from dupviz.images.imageset import ImageSet
from dupviz.review.decisions import Decision, Decisions
from dupviz.review.labels import Labels
from dupviz.review.split import CONFLICT_CHOICES, SplitReview

A, B = ("/photos/x/a.jpg", 9), ("/photos/y/b.jpg", 9)
OTHER = ("/photos/y/b.jpg", 8)  # as it was before it was replaced
NO_ERRORS = pd.DataFrame(columns=["path", "reason"])
IMAGES = ImageSet(np.zeros((2, 2, 2, 3), np.uint8), pd.DataFrame([A, B], columns=["path", "bytes"]), NO_ERRORS)
CONFLICT = pd.DataFrame({"a": [0], "b": [1], "a_label": ["x"], "b_label": ["y"]})


def labels(file):
    """What is known, from a file of labels."""
    known = Labels(IMAGES, file)
    assert {type(same) for same in known.table()["same"].tolist()} <= {bool}
    return known.get(0, 1)


def decisions(file):
    known = dict(Decisions(IMAGES, file))
    for decision in known.values():
        assert decision.action in (None, "keep", "keeper", "remove")
        assert decision.keeper in (0, 1, None)
        assert type(decision.reviewed) is bool
    return known


def splits(file):
    known = SplitReview(IMAGES, CONFLICT, file=file)
    assert known.of(0) in (None, *CONFLICT_CHOICES)
    return known.of(0), known.decided


def label(first, second, same):
    return {"path_a": first[0], "bytes_a": first[1], "path_b": second[0], "bytes_b": second[1], "same": same}


# How each is read, two records of it, what they say, and such as say nothing.
KINDS = {
    "labels": (
        labels,
        label(A, B, False),
        label(B, A, True),
        True,
        [label(A, OTHER, False), label(A, B, "no"), label(A, B, 0), label(A, B, [0])]
        + [
            {key: value for key, value in label(A, B, None).items() if key != left_out}
            for left_out in label(A, B, None)
        ],
    ),
    "decisions": (
        decisions,
        {"files": [[*A, "remove", *B, True], [*B, "keeper", *B, True]]},
        {"files": [[*A, "keep", *B, False], [*B, None, *B, False]]},
        {0: Decision("keep", 1, False)},
        [{"files": [file]} for file in ([*OTHER, "keep", *B, True], [*A, "away", *B, True], [*A, "keep", *B, 1])]
        + [
            {"files": [file]}
            for file in ([*A, ["keep"], *B, True], [*A, "keep", [], 9, True], [*A, "keep", *B], "abcdef")
        ]
        + [{"files": files} for files in (3, None, "files", {"a": 1}, [[]], [None], [[[], {}, 1, 2, 3, 4]])],
    ),
    "splits": (
        splits,
        {"split": [*A, *B, "first label"]},
        {"split": [*A, *B, "drop both"]},
        ("drop both", 1),
        [{"split": [*A, *OTHER, "keep both"]}, {"split": [*B, *A, "keep both"]}]
        + [{"split": [*A, *B, choice]} for choice in ("drop from train", 0, False, ["keep both"], {})]
        + [{"split": split} for split in (1, None, "split", [], [*A, *B], [[A], 9, *B, None], [*A, *B, None, None])],
    ),
}
NO_RECORDS = [
    "null",
    "[]",
    "3",
    '"files"',
    "[" * 100_000,
    '{"a": ' * 100_000,
    "9" * 5000,
    "{}",
    '{"else": 1}',
    "",
]

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([*A, *B, "keep"]),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def write(file, *lines):
    file.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))


def kinds_and_odd():
    for name, (*_, odd) in KINDS.items():
        for number, record in enumerate(odd):
            yield pytest.param(name, json.dumps(record).encode(), id=f"{name}-{number}")
        for number, line in enumerate(NO_RECORDS):
            yield pytest.param(name, line.encode(), id=f"{name}-no-record-{number}")
        yield pytest.param(name, b"\xff\xfe{", id=f"{name}-no-text")


@pytest.mark.parametrize(("name", "odd"), list(kinds_and_odd()))
def test_an_odd_line_says_nothing_and_spoils_no_other(name, odd, tmp_path):
    read, first, last, known, _ = KINDS[name]
    file = tmp_path / "records"
    write(file, first)
    before = read(file)
    write(file, first, odd)
    assert read(file) == before
    write(file, odd, first, odd, last, odd)
    assert read(file) == known


def places(value, path=()):
    """Every place within a record."""
    yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*path, key))


def put(value, path, new):
    if not path:
        return new
    items = dict(value) if isinstance(value, dict) else list(value)
    items[path[0]] = put(value[path[0]], path[1:], new)
    return items


@given(st.data())
def test_no_line_ends_a_session(tmp_path_factory, data):
    name = data.draw(st.sampled_from(sorted(KINDS)))
    read, first, last, known, _ = KINDS[name]
    place = data.draw(st.sampled_from(list(places(first))))
    file = tmp_path_factory.mktemp("records") / "records"
    write(file, put(first, place, data.draw(anything)), data.draw(anything), last)
    assert read(file) == known


def test_odd_lines_are_no_records(tmp_path):
    write(tmp_path / "records", {"n": 1}, *(line.encode() for line in NO_RECORDS), {"n": 2})
    assert read_records(tmp_path / "records") == [{"n": 1}, {}, {"else": 1}, {"n": 2}]


def test_what_is_taken_back_is_not_known(tmp_path):
    write(tmp_path / "labels", label(A, B, True), label(A, B, None))
    assert labels(tmp_path / "labels") is None
    write(tmp_path / "splits", {"split": [*A, *B, "drop both"]}, {"split": [*A, *B, None]})
    assert splits(tmp_path / "splits") == (None, 0)
    known = Decisions(IMAGES, tmp_path / "decisions")
    known.update({0: Decision("remove", 1, True), 1: Decision(None, 1, True)})
    known.update({0: Decision(None, 1, False)})
    assert dict(known) == decisions(tmp_path / "decisions") == {1: Decision(None, 1, True)}
