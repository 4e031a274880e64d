"""Every sentence of the command line is in the catalogue, every entry is used, no language has more than English."""

import ast
import os
import string
import subprocess
import sys

import click
import pytest

from course import doctor, paths, text
from course.cli import cli
from course.result import CHECK_STATUSES

MODULES = sorted(paths.COURSE.glob("*.py"))


def used_keys():
    """Keys that the code asks for, as they are or as ``prefix.*``."""
    keys = set()
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                keys |= literals(node.args[0])
    for command in walk(cli):
        keys.add(f"help.{command.name}")
        keys |= {
            parameter.help for parameter in command.params if isinstance(parameter, click.Option) and parameter.help
        }
    return keys - {"help.*", "Show the version and exit."}


def literals(node):
    if isinstance(node, ast.JoinedStr):
        first = node.values[0]
        return {first.value + "*"} if isinstance(first, ast.Constant) else {"*"}
    if isinstance(node, ast.IfExp):
        return literals(node.body) | literals(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) else set()


def walk(command):
    yield command
    for child in getattr(command, "commands", {}).values():
        yield from walk(child)


def test_every_key_that_is_used_exists():
    keys = used_keys()
    exact = {key for key in keys if not key.endswith("*")}
    assert len(exact) > 100, "the search has found too little to mean anything"
    assert exact - set(text.catalogue("en")) == set()
    for prefix in (key[:-1] for key in keys - exact):
        assert [key for key in text.catalogue("en") if key.startswith(prefix)], f"nothing begins with {prefix}"


def test_every_entry_is_used():
    keys = used_keys()
    prefixes = tuple(key[:-1] for key in keys if key.endswith("*"))
    assert prefixes and "" not in prefixes
    unused = [key for key in text.catalogue("en") if key not in keys and not key.startswith(prefixes)]
    assert unused == []


def test_every_value_that_completes_a_key_has_its_sentence():
    states = ("planned", "ready", "started", "passed")
    sections = ("system", "packages", "offline", "grader")
    keys = [f"status.{status}" for status in CHECK_STATUSES if status != "passed"]
    keys += [f"sandbox.{level}" for level in ("limits", "none")] + [f"list.{state}" for state in states]
    keys += [f"doctor.{name}" for name in (*sections, *doctor.OFFLINE)]
    assert [key for key in keys if key not in text.catalogue("en")] == []


@pytest.mark.parametrize("lang", text.LANGUAGES)
def test_a_translation_adds_nothing(lang):
    english, other = text.catalogue("en"), text.catalogue(lang)
    assert set(other) - set(english) == set()
    for key, entry in other.items():
        assert gaps(entry) <= gaps(english[key]), f"{key} has a gap that the English sentence does not fill"
        assert forms(entry), f"{key} is empty"


def forms(entry):
    return list(entry.values()) if isinstance(entry, dict) else [entry]


def gaps(entry):
    return {name for form in forms(entry) for _, name, _, _ in string.Formatter().parse(form) if name}


def test_english_is_ascii():
    entries = [form for entry in text.catalogue("en").values() for form in forms(entry)]
    assert len(entries) > 100
    assert [entry for entry in entries if not entry.isascii()] == []


def test_a_translation_falls_back_key_by_key(monkeypatch):
    monkeypatch.setattr(text, "catalogue", {"en": {"a": "one {x}", "b": "two"}, "ja": {"a": "一 {x}"}}.__getitem__)
    monkeypatch.setattr(text, "_language", "ja")
    assert (text.say("a", x=1), text.say("b")) == ("一 1", "two")
    with pytest.raises(KeyError):
        text.say("c")


def test_plurals(monkeypatch):
    monkeypatch.setattr(text, "catalogue", lambda lang: {"n": {"one": "a check", "other": "{count} checks"}})
    assert (text.say("n", count=1), text.say("n", count=0), text.say("n", count=2)) == (
        "a check",
        "0 checks",
        "2 checks",
    )


@pytest.mark.parametrize(
    ("environ", "lang"),
    [
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANGUAGE": "ja:en", "LANG": "en_US.UTF-8"}, "ja"),
        ({"LANG": "", "LC_MESSAGES": "ja_JP"}, "ja"),
    ],
)
def test_the_language_of_the_system(environ, lang):
    assert text.detect(environ) == lang


@pytest.mark.parametrize("arguments", [["--help"], ["grade", "--help"], ["list"], ["--lang", "ja", "list"]])
def test_nothing_heavy_is_imported(arguments, tmp_path):
    code = (
        "import sys\nfrom course.cli import cli\n"
        f"try: cli({arguments!r})\nexcept SystemExit as end: assert not end.code, end.code\n"
        "print('MODULES', *sys.modules)"
    )
    environ = os.environ | {"PYTHONPATH": str(paths.ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", cwd=tmp_path, env=environ, check=True
    )
    modules = set(done.stdout.partition("MODULES ")[2].split())
    assert "course.cli" in modules
    assert modules & {"torch", "transformers", "peft", "numpy", "pytest", "grader", "solutions"} == set()
    if "--help" in arguments:
        assert "rich" not in modules


@pytest.mark.skipif(sys.platform == "win32", reason="CPU time of a child is asked for as on Unix")
def test_help_answers_at_once():
    import resource

    def cpu_seconds():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "course", "--help"], capture_output=True, cwd=paths.ROOT, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(cpu_seconds() for _ in range(3)) < 0.25  # CPU time: a busy machine must not fail it
