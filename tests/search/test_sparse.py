"""A search that leaves out piles, beside the naive double loop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from naive import naive_pairs
from strategies import SYMMETRIES, stacks

from dupviz._parallel import pool
from dupviz.search.sparse import search_sparsely


@given(
    stacks(),
    SYMMETRIES,
    st.integers(0, 3),
    st.booleans(),
    st.booleans(),
    st.sampled_from([50, 2000]),
    st.sampled_from([2, 4, 99]),
)
def test_a_sparse_search_leaves_out_pairs_of_two_that_are_near_many(
    stack, symmetries, most, has_sides, has_old, max_mse, neighbourhood
):
    side, new = np.arange(len(stack)) % 2 == 0, np.arange(len(stack)) % 3 == 0
    pairs = [
        pair
        for pair in naive_pairs(stack, max_mse, symmetries)
        if (not has_sides or side[pair[0]] != side[pair[1]]) and (not has_old or new[pair[0]] or new[pair[1]])
    ]
    degree = np.bincount([end for a, b, *_ in pairs for end in (a, b)], minlength=len(stack)) if pairs else [0] * 99
    with pool(2) as executor, pytest.MonkeyPatch.context() as patch:
        patch.setattr("dupviz.search.sparse.NEIGHBOURHOOD", neighbourhood)
        patch.setattr("dupviz.search.leaves.LEAF", 3)
        found, crowded = search_sparsely(
            stack,
            max_mse=max_mse,
            symmetries=symmetries,
            most=most,
            executor=executor,
            side=side if has_sides else None,
            new=new if has_old else None,
        )
    assert crowded.tolist() == [degree[row] > most for row in range(len(stack))]
    expected = {(a, b): mse for a, b, mse, *_ in pairs if min(degree[a], degree[b]) <= most}
    assert dict(zip(zip(found.a.tolist(), found.b.tolist()), found.mse.tolist())) == expected
