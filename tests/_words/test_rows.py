"""Rows of tables as records."""

import pandas as pd
import pytest

from dupviz._words.rows import FileRow, PairRow, rows


def test_rows_have_the_columns_that_are_needed_in_whatever_order_they_stand():
    table = pd.DataFrame(
        {"mse": [1.5, 0.0], "more": "x", "b": [2, 3], "a": [0, 1], "mirrored": True, "rotation": [90, 0]}
    )
    first, second = rows(table, PairRow)
    assert first == PairRow(a=0, b=2, mse=1.5, rotation=90, mirrored=True)
    assert second.b == 3
    assert list(rows(table[:0], PairRow)) == []


def test_a_column_that_may_be_missing_has_its_default_and_no_other():
    day = pd.Timestamp("2026-11-25")
    table = pd.DataFrame({"path": ["a"], "width": 1, "height": 2, "bytes": 3, "format": "PNG", "modified": day})
    assert list(rows(table, FileRow)) == [FileRow("a", 1, 2, 3, "PNG", day, taken=None)]
    assert next(rows(table.assign(taken=day), FileRow)).taken == day
    with pytest.raises(KeyError, match="bytes"):
        rows(table.drop(columns="bytes"), FileRow)
