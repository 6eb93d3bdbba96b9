# ruff: noqa: E501  # a sentence is a line
"""What texts state in numbers, as sentences in which the numbers are computed; all other numbers are counted.

A number that was measured is an expression in one of `SENTENCES`. Numbers that are given, as a size, a year or a row of
an exercise, are counted by their text in ``given_numbers.json``. So no digit can change unseen:
``python tests/stated.py`` counts them anew, and Git shows which have changed.
"""

import json
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
GIVEN = Path(__file__).with_name("given_numbers.json")
TEXTS = [
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "notebooks").glob("*.ipynb")),
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "site").rglob("*.md")),
    "README.md",
    "data/README.md",
]

# Evaluated as f-strings: in a notebook after its last cell, else where `dv`, `np` and the sample's results are known.
BEFORE = {
    "notebooks/00_nine_numbers.ipynb": """
differences = [x - y for rows in zip(picture, received) for x, y in zip(*rows)]
others = [str(each).replace("-", "−") for each in differences if each]
""",
    "notebooks/02_measuring_difference.ipynb": """
in_uint8 = [row[1] for row in rows]
""",
    "notebooks/03_the_threshold_200.ipynb": """
def goes(threshold):
    return len(duplicates.at(threshold).to_remove)
def found_of(kind, strength):
    return (copies.table.query("kind == @kind and strength == @strength")["mse"] < 200).mean()
at_200 = dv.threshold_curve(labelled, thresholds=[200]).iloc[0]
copies_known = truth[truth["pair"].notna() & (truth["pair"] == truth["source"])]
medians = found.iloc[:, [1, 3]].to_numpy()
nearest = []
for shrink in ways_to_shrink.values():
    shrunk = np.array([shrink(picture, 50) for picture in pictures])
    nearest.append(dv.find_pairs(shrunk, max_mse=20_000)["mse"].min())
def joined(threshold):
    below = flags[flags["mse"] < threshold]
    return sorted({names[end].split(".")[0] for row in below.itertuples() for end in (row.a, row.b)})
nights = images.files["path"].str.contains("lights_").to_numpy()
of_nights = labelled[nights[labelled["a"]] & nights[labelled["b"]]]["mse"]
""",
    "notebooks/06_copy_or_look_alike.ipynb": """
from dupviz.look import closely, compare, encoding, picture, windows as of_windows
def tensor_mse(a, b):
    return dv.distance(*images.tensors[[row[a], row[b]]])[0]
def at_file_size(a, b):
    return errors(*(Image.open(folder / name).convert("RGB") for name in (a, b))).mean()
of_invoices = at_file_size("invoice_march.png", "invoice_april.png")
of_airplane = at_file_size("airplane.jpg", "airplane_email.jpg")
at_10 = io.BytesIO()
photo = Image.open(folder / "airplane.jpg").convert("RGB")
photo.save(at_10, "JPEG", quality=10)
worst_of = {pair: dv.window_map(images, row[pair[0]], row[pair[1]]).worst for pair in [
    ("airplane.jpg", "airplane_email.jpg"), ("coffee.jpg", "coffee_watermark.jpg"), ("invoice_march.png", "invoice_april.png")]}
verdicts = pd.crosstab(measured["way"], measured["verdict"])
by_way = measured.assign(left=measured["worst"] <= 1).groupby("way")["left"].agg(["sum", "size"])
below, above = (pd.crosstab(side["same"], side["verdict"]).reindex(columns=["same", "edited", "different"], fill_value=0)
    for side in (looked[looked["mse"] < 200], looked[looked["mse"] >= 200]))
""",
}
SENTENCES = {
    "notebooks/00_nine_numbers.ipynb": [
        "{'Six' if differences.count(0) == 6 else ''} differences are 0, and the others are {others[0]}, {others[1]} and {others[2]}",
        "The square of {others[0]} is {differences[1] ** 2}, as is the square of {others[1]}",
    ],
    "notebooks/01_images_as_tensors.ipynb": [
        "also {50 * 50:,} pixels of three, or one vector of {photo.size:,} numbers",
        "0 is black; {np.iinfo(np.uint8).max} is as bright as",
    ],
    "notebooks/02_measuring_difference.ipynb": [
        "a little above {int(min(in_uint8) // 10) * 10 - 10}",
        "get about {np.mean(in_uint8) / 3:.0f}",
        "Exposure.** Brighter light changes every value. The MSE is {'far' if rows and compare('', *pairs['copy: brighter by 15 %'])['MSE'] > 600 else 'not'} above 200",
    ],
    "notebooks/03_the_threshold_200.ipynb": [
        "{len(images)} pictures, and all of their {len(all_pairs):,} pairs",
        "From 10 to 20 {'none' if goes(10) == goes(20) else 'some'} is added, and from 100 to 200 only {['none', 'one', 'two'][goes(200) - goes(100)]}",
        "At 200, {pct(at_200['precision'])} % of what is found is right, and {'half' if at_200['recall'] == 0.5 else 'not half'} of the {labelled['same'].sum()} pairs",
        "of the {len(copies_known)} copies, {(copies_known['found_at_200'] == 'yes').sum()} are found by their original",
        "Take the {len(originals)} originals of the sample, without the flags, and make copies of them: {copies.table['kind'].nunique() - 1} kinds",
        "brighter by 5 %, {pct(found_of('brightness', 0.05))} % are found, and by 10 %, only {pct(found_of('brightness', 0.1))} %",
        "cropped by 2 %, {pct(found_of('crop', 0.02))} % are found, and by 5 %, {pct(found_of('crop', 0.05))} %",
        "copies of half the size have a median MSE of {medians[0, 0]:.0f}, and those of a quarter of the size one of {medians[1, 0]:.0f}",
        "the same copies are at {medians[0, 1]:.1f} and {medians[1, 1]:.1f}",
        "Of our copies that are brighter by 15 %, {found.iloc[4, 2][:-1]} % are found",
        "of our copies cropped by 2 %, {found.iloc[5, 2][:-1]} % are found",
        "only by a factor of {nearest[0] / nearest[1]:.1f} ({nearest[0]:,.0f} → {nearest[1]:,.0f})",
        "by a factor of more than {int(medians[0, 0] / medians[0, 1] // 100) * 100} ({medians[0, 0]:.0f} → {medians[0, 1]:.1f})",
        "In the sample, {len(wrong)} pairs below 200 are not the same picture",
        "{'With a threshold of 500, Monaco and Indonesia' if joined(500) == ['indonesia', 'monaco'] else ''} are joined",
        "with 1000, {'Mali and Guinea too' if joined(1000) == ['guinea', 'indonesia', 'mali', 'monaco'] else ''}, and {'all four' if len(of_nights) == 6 and of_nights.max() < 1000 else ''} pictures",
        "Here are {len(characters)} of them",
        "is, in our unit, using {3 * 200}",
        "10 × 10 finds {rows[0]['right'] - rows[2]['right']} right pairs more, and {'twice' if rows[0]['wrong'] == 2 * rows[2]['wrong'] else ''} as many wrong ones",
        "From 50 to 100 {'nothing changes' if (rows[2]['right'], rows[2]['wrong']) == (rows[3]['right'], rows[3]['wrong']) else ''} but the work",
    ],
    "notebooks/04_find_your_threshold.ipynb": [
        "Forty pictures give 40 · 39 / 2 = {40 * 39 // 2} such pairs",
        "2 · 2 · 2 = {2 * 2 * 2} wrong ones: the precision is 40 / {40 + 8}, or {40 / 48:.3f}",
        "up to {'a quarter' if 0.24 < share_interval(0, 10, confidence=0.9)[1] < 0.27 else ''} of the pairs may still be wrong",
        "two invoices have an MSE of {near.loc[near['verdict'] == 'different', 'mse'].min():.1f}, {'less' if (near.loc[near['verdict'] == 'same', 'mse'] > 7).sum() > 30 else ''} than many copies",
    ],
    "notebooks/05_clean_up.ipynb": [
        "{'As many are left as in the gallery' if len(left_to_train) == (split.cleaned['split'] == 'train').sum() and not len(leaks_left) else ''}.",
    ],
    "notebooks/06_copy_or_look_alike.ipynb": [
        "An MSE of {tensor_mse('invoice_march.png', 'invoice_april.png'):.0f}:",
        "about the same: {tensor_mse('invoice_march.png', 'invoice_april.png'):.1f} and {tensor_mse('airplane.jpg', 'airplane_email.jpg'):.1f}.",
        "the means are {of_invoices:.0f} and {of_airplane:.0f}, but",
        "At quality 10, the noise of this photo alone is {'larger' if errors(photo, Image.open(at_10)).mean() > of_invoices else 'smaller'} than the difference of the two invoices",
        "a JPEG of quality {encoding.UNKNOWN_QUALITY}.",
        "{{{compare.ALWAYS:g} + {compare.PER_NOISE:g} N + {compare.PER_VARIANCE / 2:g}\\,(v_a + v_b)}}",
        "The numbers {compare.ALWAYS:g}, {compare.PER_NOISE:g} and {compare.PER_VARIANCE / 2:g} were found",
        "moves them by {of_windows.CELL} pixels at a time",
        "The e-mail differs everywhere, but {'nowhere too much' if worst_of['airplane.jpg', 'airplane_email.jpg'] <= 1 else ''}",
        "in one place by {'more than ten times' if min(list(worst_of.values())[1:]) > 10 else ''} what is allowed",
        "The copies are left of the line, except {'one of quality 15' if (by_way['size'] - by_way['sum']).drop(['ledger', 'stamped']).to_dict() == {'brighter': 0, 'quality 15': 1, 'quality 40': 0, 'quality 80': 0, 'smaller': 0} else ''}.",
        "{'The pages are right of it, and so is all that is stamped' if not by_way.loc[['ledger', 'stamped'], 'sum'].any() else ''}.",
        "*Q* alone would let {'about half' if 0.3 < (measured.query('way == \"stamped\"')['q'] <= 2).mean() < 0.7 else ''} of the stamps pass",
        "the error is below {compare.QUIET:g} in any case",
        "at most {picture.SIDE} pixels long",
        "{{{closely.ALWAYS:g} + {closely.PER_NOISE:g}\\,N + {closely.PER_VARIANCE / 2:g}\\,(v_a + v_b)}}",
        "may differ by {closely.EXACT[0]:g} in a window, which is {['', '', 'two'][round((closely.EXACT[0] / 3) ** 0.5)]} grey levels",
        "photos may differ {closely.UNKNOWN:g} times as much and drawings {closely.UNKNOWN_OF_DRAWING:g} times; turned pictures {closely.TURNED:g} times",
        "Of the {below.loc[True].sum()} pairs below 200 that show the same picture, {below.loc[True, 'same']} are called the same",
        "All {below.loc[False].sum()} pairs of different pictures are stopped, and {'no such pair above 200' if not above.loc[False, 'same'] and not below.loc[False, 'same'] else ''} is called",
        "Above 200 it is wrong about {['no', 'one', 'two'][above.loc[True, 'different'] + above.loc[False, 'edited']]} pairs. {'They show different pictures' if not above.loc[True, 'different'] else ''} and",
    ],
    "docs/site/how_it_works.md": [
        "√(200 / 3) ≈ {(200 / 3) ** 0.5:.1f} grey levels",
        "only below {EVIDENT:g} of the mean",
        "the MSE of black and white is {dv.mse(black, white):,.0f}",
        "Below {SMALLEST} pixels there are no windows",
        "at most {SIDE}",
        "At {SIDE} pixels a digit",
    ],
    "docs/site/figures.md": ["Copies that were made for it, of {len(KINDS)} kinds"],
    "docs/site/teachers/01_images_as_tensors.md": [
        "gives row {answers.brightest()[0]} and column {answers.brightest()[1]} for the cat",
        "three channels are equal: {answers.grey()} of the sample are",
    ],
    "docs/site/teachers/02_measuring_difference.md": [
        "the two invoices are the nearest, at an MSE of {answers.invoices(50):.1f}",
        "by {answers.largest_crop('holiday/alps.jpg')} %, and by {answers.largest_crop('coffee.jpg')} %",
        "3. {(3 - 5) % 256}: there are no numbers below 0",
    ],
    "docs/site/teachers/03_the_threshold_200.md": [
        "{answers.in_the_mirror()[0]} pairs more are below 200, and {answers.in_the_mirror()[1]} of them is wrong",
        "{answers.invoices(50):.1f} at 50 × 50, {answers.invoices(200):.1f} at 200 × 200 and {answers.invoices(400):.1f} at 400 × 400",
    ],
    "docs/site/teachers/04_find_your_threshold.md": [
        "{answers.between(200, 500)[0]} pairs lie between 200 and 500, and {answers.between(200, 500)[1]} of them are different",
    ],
    "docs/site/teachers/05_clean_up.md": [
        "At a threshold of 20, {answers.leaks()[0][20]:.0f} % of the test pictures are leaks, at 200, {answers.leaks()[0][200]:.0f} %, and at 1000, {answers.leaks()[0][1000]:.0f} %",
        "Of {answers.leaks()[1]} test pictures {answers.leaks()[2]} are left",
    ],
    "docs/site/teachers/06_copy_or_look_alike.md": ["of {answers.goes()[0]} files and of {answers.goes()[1]}."],
    "docs/site/teachers/plans.md": [
        "we took {editions.WORDS_A_MINUTE} words a minute for reading, {'a quarter' if editions.MINUTES_A_CELL == 0.25 else ''} of a minute for each cell, {['', '', '', 'three'][editions.MINUTES_AN_EXERCISE]} minutes for each exercise",
    ],
    "data/README.md": [
        "# The sample: {len(files)} files",
        "the {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB",
        "Of the {len(copies_known)} pairs that show the same picture, {copies_known['found_at_200'].eq('yes').sum()} are found. Of the {len(look_alikes)} pairs of look-alikes, {look_alikes['found_at_200'].eq('yes').sum()} are joined wrongly",
        "Réunion's flag is France's, except for {changed} pixels whose value differs by {by}",
        "of which {changed} pixels differ by {by}",
    ],
}


def prose(name):
    """A text without code, addresses and line breaks."""
    content = (ROOT / name).read_text(encoding="utf-8")
    if name.endswith(".ipynb"):
        cells = [cell["source"] for cell in json.loads(content)["cells"] if cell["cell_type"] == "markdown"]
        content = "\n\n".join("".join(source) for source in cells)
    return without_code(content)


def without_code(content):
    for code in (r"```.*?```", r"(?<=\])\([^)\s]*\)", r"https?://\S+", r"`[^`\n]*`", r"<img [^>]*>"):
        content = re.sub(code, "", content, flags=re.DOTALL)
    return " ".join(content.split())


def numbers(text):
    """How often each number is in a text."""
    return Counter(re.findall(r"\d[\d,.]*\d|\d", text))


def wrong(text, sentences, given):
    """What a text does not say as it is computed, and the numbers that it has too many or too few of."""
    missing = [sentence for sentence in sentences if sentence not in text]
    found = numbers(text)
    miscounted = {number: (found[number], given.get(number, 0)) for number in {*found, *given}}
    return missing, {number: times for number, times in miscounted.items() if times[0] != times[1]}


def changed_digits(text):
    """The text with one digit changed, for each of its digits."""
    for place in re.finditer(r"\d", text):
        digit = str((int(place[0]) + 1) % 10)
        yield text[: place.start()] + digit + text[place.end() :]


def given_numbers():
    return json.loads(GIVEN.read_text(encoding="utf-8"))


def cell_of_sentences(name):
    """Code for a last cell of a notebook, which prints its sentences."""
    lines = ["import json", "def pct(share): return f'{100 * share:.0f}'", BEFORE.get(name, "")]
    sentences = f"eval('fr' + quotes + each + quotes) for each in {SENTENCES.get(name, [])!r}"
    return "\n".join([*lines, "quotes = 3 * chr(34)", f"print(json.dumps([{sentences}]))"])


def evaluated(name, known):
    """The sentences of a text that is no notebook, with what their expressions may name."""
    return [eval(f'fr"""{each}"""', dict(known)) for each in SENTENCES.get(name, [])]


if __name__ == "__main__":
    counted = {name: dict(sorted(numbers(prose(name)).items())) for name in TEXTS}
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(each)}" for name, each in counted.items())
    GIVEN.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
