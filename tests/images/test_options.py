"""Options that several functions pass on are named in the signature of each."""

import inspect

import pytest

from dupviz import find_duplicates, load_images, load_shards
from dupviz.images.options import DEFAULTS, FolderOptions, ReadingOptions, checked


def test_each_option_has_a_default():
    assert DEFAULTS.keys() == ReadingOptions.__annotations__.keys()


@pytest.mark.parametrize("function", [load_images, find_duplicates, load_shards])
def test_signatures_name_every_option_with_its_default(function):
    options = (FolderOptions if function is load_shards else ReadingOptions).__annotations__
    parameters = inspect.signature(function).parameters
    assert "options" not in parameters
    for name, annotation in options.items():
        parameter = parameters[name]
        assert (parameter.default, parameter.annotation) == (DEFAULTS[name], annotation)
        assert parameter.kind is parameter.KEYWORD_ONLY
    assert ("column" in parameters) == (function is not load_shards)


def test_other_names_are_refused_by_the_name_of_the_function(tmp_path):
    with pytest.raises(TypeError, match=r"^load_images\(\) got an unexpected keyword argument 'sise'"):
        load_images(tmp_path, sise=50)
    with pytest.raises(TypeError, match=r"^find_duplicates\(\) got an unexpected keyword argument 'thresold'"):
        find_duplicates(load_images(tmp_path, progress=False), thresold=300)
    with pytest.raises(TypeError, match=r"^load_shards\(\) got an unexpected keyword argument 'column'"):
        load_shards(tmp_path, None, tmp_path / "to", column="path")


def test_what_is_not_given_has_its_default():
    assert checked() == DEFAULTS
    assert checked(size=7, max_pixels=9) == {**DEFAULTS, "size": 7, "max_pixels": 9}
