"""What others were made from comes before them, whatever is said in whatever order."""

from hypothesis import given
from hypothesis import strategies as st

from dupviz.groups.sources import SourcesFirst

PAIRS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda pair: pair[0] != pair[1]), max_size=20)


def test_what_was_made_falls_back_behind_its_source_and_the_others_stay():
    order = SourcesFirst([4, 1, 3, 0, 2])
    assert order.mend([(0, 1)])
    assert order.rows == [4, 3, 0, 1, 2]
    assert not order.mend([(4, 2)])


def test_what_would_close_a_circle_is_left_out():
    order = SourcesFirst([0, 1, 2])
    assert order.mend([(1, 0), (2, 1), (0, 2)])
    assert order.rows == [2, 1, 0]


@given(
    rows=st.permutations(range(8)),
    pairs=st.permutations(range(8)).flatmap(
        lambda truth: PAIRS.map(lambda pairs: [pair for pair in pairs if truth.index(pair[0]) < truth.index(pair[1])])
    ),
)
def test_without_circles_each_source_comes_first(rows, pairs):
    order = SourcesFirst(rows)
    order.mend(pairs)
    assert sorted(order.rows) == sorted(rows)
    assert all(order.rows.index(source) < order.rows.index(made) for source, made in pairs)


@given(rows=st.permutations(range(8)), pairs=PAIRS)
def test_with_circles_it_ends_and_names_each_file_once(rows, pairs):
    order = SourcesFirst(rows)
    order.mend(pairs)
    assert sorted(order.rows) == sorted(rows)
    assert not order.mend(pairs)
