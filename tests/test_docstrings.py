"""What every public docstring has, as numpydoc checks it."""

import dataclasses
import re
from pathlib import Path

import pytest
from numpydoc.validate import validate

import dupviz

STUB = Path(dupviz.__file__).with_name("__init__.pyi").read_text()
FUNCTIONS = sorted(set(re.findall(r"as (\w+)$", STUB, re.MULTILINE)) - {"plots", "widgets"})
PUBLIC = [
    *(f"dupviz.{name}" for name in FUNCTIONS),
    *(f"dupviz.plots.{name}" for name in dupviz.plots.__all__ if name != "STYLE"),
    *(f"dupviz.widgets.{name}" for name in dupviz.widgets.__all__),
]
# What we leave to judgement: references to others and longer words, where they help; descriptions and types
# of what its name, or the sentence before it, says already; and a summary of two lines.
LEFT = {"SA01", "ES01", "PR04", "PR07", "RT03", "RT05", "SS06"}


@pytest.mark.filterwarnings("ignore:Widget:DeprecationWarning")  # numpydoc looks at all that a widget inherits
@pytest.mark.parametrize("name", PUBLIC)
def test_the_docstring_is_whole(name):
    found = {code: words for code, words in validate(name)["errors"] if code not in LEFT}
    thing = getattr(dupviz, name.rpartition(".")[2], None)
    if dataclasses.is_dataclass(thing) or (isinstance(thing, type) and issubclass(thing, Exception | tuple)):
        found.pop("PR01", None)  # its attributes are documented, and it is not for users to make
    assert found == {}
