"""What the terminal says of the commands, and completes of them."""

import argparse
import re
import shutil
import subprocess
import sys

import pytest

from dupviz import cli
from dupviz.cli.commands import _parser
from dupviz.cli.completion import SHELLS
from dupviz.cli.help import EPILOG, HELP

EXAMPLE = re.compile(r"^  (?:eval \"\$\()?dupviz (.*?)(?: {2,}.*|\)\".*| > \S+)?$", re.MULTILINE)


@pytest.fixture
def help_of(monkeypatch, capsys):
    """What --help prints in a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")

    def ask(*words):
        with pytest.raises(SystemExit) as end:
            cli.main([*words, "--help"])
        assert end.value.code == 0
        return capsys.readouterr().out

    return ask


def test_every_command_is_explained():
    commands = next(action for action in _parser()._actions if isinstance(action, argparse._SubParsersAction))
    assert list(commands.choices) == sorted(HELP, key=list(commands.choices).index)


@pytest.mark.parametrize("words", [(), *((name,) for name in HELP), ("quarantine", "check"), ("quarantine", "empty")])
def test_help_fits_80_columns(help_of, words):
    assert max(map(len, help_of(*words).splitlines())) <= 80


@pytest.mark.parametrize("name", HELP)
def test_examples_fit_the_command_and_can_be_typed(help_of, name):
    examples = EXAMPLE.findall(HELP[name].examples)
    assert examples
    for example in examples:
        options = _parser().parse_args(example.split())
        assert name in example.split()[0] or name == "clean"  # whose last one is undo
        assert options.run.__name__ == f"_{example.split()[0]}"
    assert HELP[name].examples in help_of(name)


def test_the_first_examples_can_be_typed(help_of):
    shown = help_of()
    for example in EXAMPLE.findall(EPILOG):
        _parser().parse_args(example.split())
        assert example in shown
    assert shown.index("examples:") < shown.index("tensor of 50 x 50")  # how it works comes last


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("bash"), reason="asks bash")
@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("rev", {"review"}),
        ("cov", {"covered"}),
        ("scan --thr", {"--threshold"}),
        ("scan --keep old", {"oldest"}),
        ("quarantine e", {"empty"}),
        ("scan pho", {"photos"}),
        ("clean --plan pla", {"plan.csv"}),
        ("covered photos --by arc", {"archive"}),
    ],
)
def test_bash_completes_commands_options_and_names(tmp_path, capsys, typed, completed):
    assert cli.main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    for folder in ("photos", "archive"):
        (tmp_path / folder).mkdir()
    (tmp_path / "plan.csv").touch()
    words = ["dupviz", *typed.split()]
    asked = f"COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; _shtab_dupviz"
    asked += "; printf '%s\\n' \"${COMPREPLY[@]}\""
    ran = subprocess.run(["bash", "-c", f"{script}\n{asked}"], cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert {line.rstrip("/ ") for line in ran.stdout.splitlines()} == completed


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_a_script(capsys, shell):
    assert cli.main(["completion", shell]) == 0
    assert "quarantine" in capsys.readouterr().out
