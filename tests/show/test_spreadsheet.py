"""A receipt: what its formulas say, computed from its own cells."""

import csv
import re
import shutil
import subprocess
from xml.etree import ElementTree

import numpy as np
import pytest

from dupviz import mse, squared_error_map, to_spreadsheet

RNG = np.random.default_rng(0)
NAMESPACES = {"table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0"}
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = f"{{{NAMESPACES['table']}}}"
RANGE = r"\[\$(\w+)\.([A-Z]+)(\d+):\.([A-Z]+)(\d+)\]"


def sheets_of(path):
    """Each sheet as rows of cells: numbers, texts and formulas."""
    root = ElementTree.parse(path).getroot()
    return {
        sheet.get(f"{TABLE}name"): [
            [_value(cell) for cell in row] for row in sheet.findall("table:table-row", NAMESPACES)
        ]
        for sheet in root.iter(f"{TABLE}table")
    }


def _value(cell):
    formula, number = cell.get(f"{TABLE}formula"), cell.get(f"{OFFICE}value")
    return formula or (float(number) if number is not None else "".join(cell.itertext()))


def column_number(letters):
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def computed(sheets, formula):
    """What a formula gives."""

    def cells(sheet, left, top, right, bottom):
        rows = sheets[sheet][int(top) - 1 : int(bottom)]
        values = [row[column_number(left) - 1 : column_number(right)] for row in rows]
        return np.array([[computed(sheets, v) if isinstance(v, str) else v for v in row] for row in values])

    name, arguments, divisor = re.fullmatch(r"of:=(\w+)\((.*)\)(?:/(\d+))?", formula).groups()
    values = [cells(*match) for match in re.findall(RANGE, arguments)]
    value = ((values[0] - values[1]) ** 2).sum() if name == "SUMXMY2" else values[0].mean()
    return value / int(divisor or 1)


@pytest.mark.parametrize("shape", [(50, 50, 3), (2, 3, 3), (1, 9, 3), (30, 20, 3)])
def test_the_formulas_give_the_mse_and_the_squared_errors(tmp_path, shape):
    a, b = RNG.integers(0, 256, (2, *shape), np.uint8)
    to_spreadsheet(a, b, tmp_path / "pair.fods")
    sheets = sheets_of(tmp_path / "pair.fods")
    for name, tensor in (("A", a), ("B", b)):
        np.testing.assert_array_equal([row[1:] for row in sheets[name][1:]], tensor.reshape(len(tensor), -1))
    errors = [[computed(sheets, cell) for cell in row[1:]] for row in sheets["errors"][1:]]
    np.testing.assert_array_equal(errors, squared_error_map(a, b))
    at_once, as_mean, per_value = (computed(sheets, row[1]) for row in sheets["MSE"][2:])
    assert at_once == pytest.approx(mse(a, b))
    assert as_mean == pytest.approx(mse(a, b))
    assert per_value == pytest.approx(mse(a, b) / 3)
    assert f"/{shape[0] * shape[1]}" in sheets["MSE"][2][1]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_computes_the_mse(tmp_path):
    a, b = RNG.integers(0, 256, (2, 50, 50, 3), np.uint8)
    to_spreadsheet(a, b, tmp_path / "pair.fods")
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "csv", "--outdir", str(tmp_path), "pair.fods"]
    subprocess.run(command, check=True, cwd=tmp_path, capture_output=True, timeout=120)
    with (tmp_path / "pair.csv").open(newline="") as file:
        numbers = [float(value) for _, value in list(csv.reader(file))[2:]]
    np.testing.assert_allclose(numbers, [mse(a, b), mse(a, b), mse(a, b) / 3], rtol=1e-6)


def test_names_are_texts_whatever_they_are(tmp_path):
    names = "=1+1 & <b>", "a\x1b[2J\udcff.jpg"
    tensor = np.zeros((2, 2, 3), np.uint8)
    to_spreadsheet(tensor, tensor, tmp_path / "pair.fods", names=names)
    assert [row[1] for row in sheets_of(tmp_path / "pair.fods")["MSE"][:2]] == ["=1+1 & <b>", r"a\x1b[2J\udcff.jpg"]


def test_tensors_of_different_shapes_have_no_receipt(tmp_path):
    with pytest.raises(ValueError, match="shape"):
        to_spreadsheet(np.zeros((2, 2, 3), np.uint8), np.zeros((2, 3, 3), np.uint8), tmp_path / "pair.fods")
    with pytest.raises(ValueError, match="three channels, got shape"):
        to_spreadsheet(np.zeros((2, 2, 1), np.uint8), np.zeros((2, 2, 1), np.uint8), tmp_path / "pair.fods")
    assert not (tmp_path / "pair.fods").exists()
