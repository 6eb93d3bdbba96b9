"""Change one thing in a module, and see whether a test fails: which rules are not tested?

    python benchmarks/mutants.py                          # the modules that decide what can go, see `TESTS`
    python benchmarks/mutants.py dupviz/groups/keep.py

A mutant is a module in which one thing is changed: a number by a tenth or by one, a word, a comparison, *and* to *or*,
+ to -, `min` to `max`, a sort to its reverse, a condition to its opposite. The module's tests run in a process of their
own, in which the mutant stands for the module: no file is changed. A mutant that no test notices is listed, unless
`EQUIVALENT` says why none can.
"""

import argparse
import ast
import importlib.util
import multiprocessing
import os
import re
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent

# What each module's rules are tested by: the quick tests alone, without browsers and notebooks.
CANDIDATES = "tests/proposers/test_candidates.py"
CLOSELY = "tests/look/test_closely.py"
TESTS = {
    "dupviz/look/verdict.py": ["tests/look/test_verdict.py"],
    "dupviz/groups/keep.py": ["tests/groups/test_keep.py"],
    "dupviz/groups/by_look.py": ["tests/groups/test_by_look_rules.py"],
    "dupviz/proposers/candidates.py": [
        "tests/proposers/test_candidate_rules.py",
        f"{CANDIDATES}::test_the_table_has_its_types_when_it_is_empty_or_all_is_identical",
        f"{CANDIDATES}::test_candidates_of_other_images_and_unknown_proposers_are_refused",
    ],
    "dupviz/proposers/neighbours.py": [
        f"{CANDIDATES}::test_each_image_has_the_neighbours_of_the_table_in_both_directions"
    ],
    "dupviz/cleanup/evidence.py": ["tests/cleanup/test_evidence.py"],
    "dupviz/groups/sources.py": ["tests/groups/test_sources.py"],
    "dupviz/look/small.py": ["tests/look/test_small.py"],
    "dupviz/look/closely.py": [
        "tests/look/test_closely_rules.py",
        f"{CLOSELY}::test_pictures_of_any_height_are_compared",
        f"{CLOSELY}::test_in_lossless_pictures_no_pixel_is_left_out",
        f"{CLOSELY}::test_the_place_is_that_in_the_first_picture_whoever_is_richer",
    ],
}

# Of mutants that no test can notice: why, and the new lines.
EQUIVALENT = {
    "dupviz/look/verdict.py": {
        "three channels are never the most": [
            "if max(a.rgb.shape[:3]) < SMALLEST or max(b.rgb.shape[:2]) < SMALLEST:",
            "if max(a.rgb.shape[:2]) < SMALLEST or max(b.rgb.shape[:3]) < SMALLEST:",
        ],
        "no quotient has just this logarithm": [
            "if abs(np.log(_proportions(a, b, found.box))) >= PROPORTIONS:",
        ],
        "where both have more than what they share, the camera has moved, and the kind is not asked for": [
            'return "border" if any(is_border(*side) for side in sides) else "cropped"',
            (
                "sides = [(a, found.box)] * (common_a <= MOST_OF_IT) + [(b, inverse(found.box))] * (common_b < "
                "MOST_OF_IT)"
            ),
            (
                "sides = [(a, found.box)] * (common_a < MOST_OF_IT) + [(b, inverse(found.box))] * (common_b <= "
                "MOST_OF_IT)"
            ),
        ],
        "two constants, of which one is larger": [
            ('if found.light in ("channels", "matrix") or min(a.chroma, b.chroma) < COLOURLESS <= COLOURFUL < max('),
        ],
        "there is no rotation but by multiples of 90": [
            "for _ in range(rotation // 89):",
        ],
        "outside of a box in a grid of 100 × 100 there are 0 places, or at least 100": [
            "if len(rest) < 99:",
        ],
    },
    "dupviz/groups/keep.py": {
        "only the order of ranks counts": [
            "(formats.isin(CAMERA_FORMATS) & camera], [3, 1])",
        ],
        "no dtype has this kind": [
            'if score.dtype.kind not in "?if":',
        ],
        "what stands after the last separator is not compared": [
            (
                'paths = (os.path.join(true[os.path.dirname(path)], os.path.basename(path), "?") for path in '
                'files["path"])'
            ),
        ],
    },
    "dupviz/groups/by_look.py": {
        "what is looked at ahead changes nothing but the time": [
            "AT_A_TIME, MANY, FEW = 15, 64, 4",
            "AT_A_TIME, MANY, FEW = 17, 64, 4",
            "AT_A_TIME, MANY, FEW = 16, 63, 4",
            "AT_A_TIME, MANY, FEW = 16, 65, 4",
            "AT_A_TIME, MANY, FEW = 16, 64, 3",
            "AT_A_TIME, MANY, FEW = 16, 64, 5",
            "DECIDING = 3",
            "DECIDING = 5",
            "few = rows[place + 2 : place + width]",
            "for some in in_order(deciding, self._decide, tasks, ahead=31):",
            "for some in in_order(deciding, self._decide, tasks, ahead=33):",
        ],
        "files that nothing connects are decided alike if they are decided together": [
            ('groups = np.split(stands[np.argsort(component, kind="stable")], np.cumsum(np.bincount(component))[:1])'),
            ('groups = np.split(stands[np.argsort(component, kind="stable")], np.cumsum(np.bincount(component))[:-0])'),
            ('groups = np.split(stands[np.argsort(component, kind="stable")], np.cumsum(np.bincount(component))[:-2])'),
        ],
        "one file has no other to be looked at beside": [
            ("stands = self._order[self._copy_of[self._order] == self._order] if threshold > 0 else self._order[:1]"),
        ],
        "threads of a product change nothing but the time": [
            'with bar, pools[0] as executor, pools[1] as ahead, threadpool_limits(0, user_api="blas"):',
            'with bar, pools[0] as executor, pools[1] as ahead, threadpool_limits(2, user_api="blas"):',
        ],
        "no copy of another size has as many pixels": [
            'reason = "smaller copy" if self._pixels[image] <= self._pixels[keeper] else "larger copy"',
        ],
    },
    "dupviz/proposers/candidates.py": {
        "a class that has a repr keeps it": [
            "@dataclass(frozen=True, repr=True, eq=False)",
        ],
        "one start more, that nobody asks for": [
            "starts = np.searchsorted(self.by, np.arange(len(PROPOSERS) + 2))",
        ],
        "they are of one length": [
            "a, b, mse, winners, far = map(np.concatenate, zip(*parts, strict=False))",
            "**dict(zip(BOX, boxes.T, strict=False)),",
        ],
    },
    "dupviz/proposers/neighbours.py": {
        "one start more, that nobody asks for": [
            "self._starts_a = np.searchsorted(a, np.arange(n + 2))",
            "self._starts_b = np.searchsorted(b, np.arange(n + 2), sorter=self._by_b)",
        ],
    },
    "dupviz/cleanup/evidence.py": {
        "how many tensors are held, and not what they are": [
            "self._keeper = lru_cache(1)(_tensor)",
            "self._keeper = lru_cache(3)(_tensor)",
        ],
    },
}

OPERATORS = {
    "<": ("<=", ">="),
    "<=": ("<", ">"),
    ">": (">=", "<="),
    ">=": (">", "<"),
    "==": ("!=",),
    "!=": ("==",),
    "is": ("is not",),
    "is not": ("is",),
    "in": ("not in",),
    "not in": ("in",),
    "and": ("or",),
    "or": ("and",),
    "+": ("-",),
    "-": ("+",),
    "*": ("/",),
    "/": ("*",),
    "//": ("*",),
    "**": ("*",),
    "%": ("*",),
    "&": ("|",),
    "|": ("&",),
}
OPERATOR = re.compile(rb"is\s+not\b|not\s+in\b|\b(?:is|in|and|or)\b|//|\*\*|[<>=!]=|[-+*/%&|<>]")
FUNCTIONS = {"any": "all", "min": "max", "minimum": "maximum", "argmin": "argmax", "ceil": "floor"}
FUNCTIONS |= {other: name for name, other in FUNCTIONS.items()}
FUNCTIONS["sorted"] = "(lambda *values, **options: sorted(*values, **options)[::-1])"

OPTIONS = ["-x", "-q", "-o", "addopts=--import-mode=importlib", "-p", "no:cacheprovider"]
OPTIONS += ["-W", "ignore:Module already imported", "--hypothesis-profile=mutants"]
LOADED = ["numpy", "pandas", "PIL.Image", "pytest", "hypothesis", "scipy.ndimage", "tqdm.auto"]


class Mutant(NamedTuple):
    """A module in which the bytes from `start` to `end` are replaced by others."""

    source: bytes
    start: int
    end: int
    new: bytes

    @property
    def changed(self) -> bytes:
        return self.source[: self.start] + self.new + self.source[self.end :]

    @property
    def number(self) -> int:
        """Of the line, from 1."""
        return self.source.count(b"\n", 0, self.start) + 1

    @property
    def before(self) -> str:
        """The line as it is."""
        return self.source.splitlines()[self.number - 1].decode().strip()

    @property
    def after(self) -> str:
        """The line as it is changed."""
        return self.changed.splitlines()[self.number - 1].decode().strip()


def mutants(source: bytes) -> Iterator[Mutant]:
    """Every mutant of a module."""
    tree = ast.parse(source)
    starts = [0, *(match.end() for match in re.finditer(b"\n", source))]

    def span(node):
        return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset

    ignored = {id(child) for node in ast.walk(tree) for part in _said(node) for child in ast.walk(part)}
    for node in ast.walk(tree):
        if id(node) not in ignored and hasattr(node, "lineno"):
            for start, end, new in _changes(node, span, source):
                yield Mutant(source, start, end, new.encode())


def _said(node):
    """What of a node says something and does nothing: annotations, docstrings, messages, names that are public."""
    yield from filter(None, (getattr(node, name, None) for name in ("annotation", "returns")))
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        yield node
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
        yield node


def _changes(node, span, source):
    """What can be changed in a node: (start, end, new text)."""
    start, end = span(node)
    match node:
        case ast.Constant(value=bool()):
            yield start, end, str(not node.value)
        case ast.Constant(value=int()):
            yield from ((start, end, str(node.value + step)) for step in (-1, 1))
        case ast.Constant(value=float()):
            yield from ((start, end, repr(node.value * factor or factor)) for factor in (0.9, 1.1))
        case ast.Constant(value=str()):
            yield from _other_words(start, source[start:end].decode())
        case ast.Compare():
            for left, right in zip([node.left, *node.comparators], node.comparators):
                yield from _other_operators(span(left)[1], span(right)[0], source)
        case ast.BoolOp():
            for left, right in zip(node.values, node.values[1:]):
                yield from _other_operators(span(left)[1], span(right)[0], source)
        case ast.BinOp():
            yield from _other_operators(span(node.left)[1], span(node.right)[0], source)
        case ast.AugAssign():
            yield from _other_operators(span(node.target)[1], span(node.value)[0], source)
        case ast.UnaryOp():
            yield start, span(node.operand)[0], "(" * source.count(b"(", start, span(node.operand)[0])
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in FUNCTIONS:
            end = span(node.func)[1]
            yield end - len(name), end, FUNCTIONS[name]
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            if not isinstance(test, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
                start, end = span(test)
                yield start, end, f"(not ({source[start:end].decode()}))"


def _other_operators(start, end, source):
    found = OPERATOR.search(source, start, end)
    for other in OPERATORS[" ".join(found[0].decode().split())]:
        yield found.start(), found.end(), other


def _other_words(start, text):
    """Other texts than a literal: without one of the alternatives of a regular expression, or with one letter more."""
    if "|" not in text:
        place = start + re.match("[a-zA-Z]*(\"\"\"|'''|['\"])", text).end()
        yield place, place, "?"
    for match in re.finditer(r"\|[^|()]*", text):
        try:
            re.compile(ast.literal_eval(f"({text[: match.start()]}{text[match.end() :]})"))
        except (re.error, SyntaxError):
            continue
        yield start + len(text[: match.start()].encode()), start + len(text[: match.end()].encode()), ""


def run(path: str, changed: bytes, tests: list[str]) -> None:
    """Run tests, in a process of their own, with another text for a module; exit with pytest's status."""
    import pytest
    from hypothesis import HealthCheck, Phase, settings

    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    few = {"max_examples": 50, "phases": [Phase.generate], "suppress_health_check": list(HealthCheck)}
    settings.register_profile("mutants", derandomize=True, deadline=None, **few)  # and no search for a simple example
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    name = path.removesuffix(".py").replace("/", ".")
    spec = importlib.util.find_spec(name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        exec(compile(changed, spec.origin, "exec"), module.__dict__)
        package, _, short = name.rpartition(".")
        setattr(sys.modules[package], short, module)
        status = pytest.main([*OPTIONS, *tests])
    except Exception:
        status = 1
    sys.exit(int(status))


def is_noticed(path: str, changed: bytes, tests: list[str], context, limit: float | None = None) -> bool:
    """Whether a test fails, or takes too long."""
    process = context.Process(target=run, args=(path, changed, tests))
    process.start()
    process.join(limit)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode != 0


def survivors(path: str, tests: list[str], context, jobs: int) -> tuple[int, list[Mutant]]:
    """Number of a module's mutants, and those that no test notices.

    Raises
    ------
    RuntimeError
        If a test fails without any change.
    """
    source = (ROOT / path).read_bytes()
    began = time.monotonic()
    if is_noticed(path, source, tests, context):
        raise RuntimeError(f"a test fails for {path} as it is: pytest -n0 {' '.join(tests)}")
    limit = 10 + 10 * (time.monotonic() - began)
    all_mutants = list(mutants(source))
    with ThreadPoolExecutor(jobs) as executor:
        noticed = executor.map(lambda each: is_noticed(path, each.changed, tests, context, limit), all_mutants)
        return len(all_mutants), [each for each, is_killed in zip(all_mutants, noticed) if not is_killed]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=f"of {', '.join(TESTS)} (default: all)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    if unknown := set(options.modules) - set(TESTS):
        parser.error(f"no tests are named for {', '.join(sorted(unknown))}: add them to TESTS")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    print(f"{'':32} {'mutants':>8} {'killed':>7} {'equivalent':>11} {'survive':>8} {'seconds':>8}")
    for path in options.modules or TESTS:
        began = time.monotonic()
        number, left = survivors(path, TESTS[path], context, options.jobs)
        known = set(chain.from_iterable(EQUIVALENT.get(path, {}).values()))
        survive = [each for each in left if each.after not in known]
        counts = f"{number:8} {number - len(left):7} {len(left) - len(survive):11} {len(survive):8}"
        print(f"{path:32} {counts} {time.monotonic() - began:8.0f}")
        for each in survive:
            print(f"  {each.number}: {each.before}\n  {' ' * len(str(each.number))}→ {each.after}")
        for line in sorted(known - {each.after for each in left}):
            print(f"  no longer among the mutants that survive: take it from EQUIVALENT\n    {line}")


if __name__ == "__main__":
    main()
