import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import made_up_pairs

from dupviz._disk.records import append_record, read_records
from dupviz.images.imageset import ImageSet
from dupviz.review.labels import Labels

NAMES = ["a.jpg", "<b>.jpg", 'quote"s.jpg', "new\nline.jpg", "\u202ertl.jpg", "not-utf8-\udcff.jpg"]


def images(names=NAMES, sizes=None):
    paths = pd.Series([f"/photos/{name}" for name in names], dtype=object)  # of any bytes
    files = pd.DataFrame({"path": paths, "bytes": sizes or [9] * len(names)})
    return ImageSet(np.zeros((len(names), 2, 2, 3), np.uint8), files, pd.DataFrame(columns=["path", "reason"]))


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from([True, False, None])), max_size=30))
def test_last_label_of_a_pair_counts_now_and_in_the_next_session(tmp_path_factory, said):
    file = tmp_path_factory.mktemp("labels") / "labels.jsonl"
    labels, expected = Labels(images(), file), {}
    for a, b, same in said:
        labels.set(a, b, same)
        expected[frozenset((a, b))] = same
    for session in (labels, Labels(images(), file)):
        assert len(session) == sum(same is not None for same in expected.values())
        for a in range(6):
            for b in range(6):
                assert session.get(a, b) is expected.get(frozenset((a, b)))


def test_labels_follow_files_and_not_row_numbers(tmp_path):
    Labels(images(), tmp_path / "labels").set(0, 5, True)
    later = Labels(images(NAMES[::-1]), tmp_path / "labels")
    assert later.get(0, 5) is True
    assert later.get(0, 1) is None


def test_label_of_a_file_that_was_replaced_is_forgotten(tmp_path):
    Labels(images(), tmp_path / "labels").set(0, 1, True)
    assert len(Labels(images(sizes=[8, 9, 9, 9, 9, 9]), tmp_path / "labels")) == 0


def test_labels_of_other_images_stay(tmp_path):
    Labels(images(), tmp_path / "labels").set(0, 1, False)
    Labels(images(["other.jpg", "another.jpg"]), tmp_path / "labels").set(0, 1, True)
    assert Labels(images(), tmp_path / "labels").get(0, 1) is False


def test_labelled_pairs_have_their_mse_or_an_infinite_one(tmp_path):
    labels = Labels(images(), tmp_path / "labels")
    labels.set(1, 0, True)
    labels.set(2, 3, False)
    expected = pd.DataFrame({"a": [0, 2], "b": [1, 3], "same": [True, False], "mse": [12.5, np.inf]})
    found = labels.labelled(made_up_pairs(images(), [0, 0], [1, 2], [12.5, 99.0]))
    pd.testing.assert_frame_equal(found, expected)


def test_no_labels_make_an_empty_table(tmp_path):
    table = Labels(images(), tmp_path / "labels").labelled(made_up_pairs(images(), [0], [1], [12.5]))
    assert table.empty
    assert table.dtypes.astype(str).to_dict() == {"a": "int64", "b": "int64", "same": "bool", "mse": "float64"}


def test_labels_are_in_the_users_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DUPVIZ_DATA_DIR", str(tmp_path / "data"))
    Labels(images()).set(0, 1, True)
    assert len(read_records(tmp_path / "data" / "labels.jsonl")) == 1


@pytest.mark.parametrize("rest", [b'\n{"same": tr', b"\n\xff\xfe", b"\n[1, 2]", b"\n\n"])
def test_damaged_line_spoils_no_other(tmp_path, rest):
    file = tmp_path / "records"
    append_record(file, {"n": 1})
    with file.open("ab") as lines:
        lines.write(rest)
    append_record(file, {"n": 2})
    assert read_records(file) == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize("same", ["different", "same", 1, 0.0])
def test_a_label_is_true_false_or_none(tmp_path, same):
    labels = Labels(images(), tmp_path / "labels")
    with pytest.raises(TypeError, match=f"same must be True, False or None, got {same!r}"):
        labels.set(0, 1, same)
    assert len(labels) == 0
    assert not (tmp_path / "labels").exists()
    labels.set(0, 1, np.bool_(False))
    assert Labels(images(), tmp_path / "labels").get(0, 1) is False


def test_a_sample_ends_at_the_first_random_pair_without_a_label(tmp_path):
    labels = Labels(images(), tmp_path / "labels")
    a, b = np.triu_indices(6, 1)
    pairs = made_up_pairs(images(), a, b, np.arange(15.0))
    order = pairs.sample()
    for row in (0, 1, 2, 4):
        labels.set(order["b"].iat[row], order["a"].iat[row], row != 1)
    sampled = labels.sampled(pairs)
    assert sampled["same"].tolist() == [True, False, True]
    assert sampled[["a", "b", "mse"]].equals(pd.DataFrame(order[["a", "b", "mse"]].head(3)))
    assert labels.sampled(pairs.table()).equals(sampled)
