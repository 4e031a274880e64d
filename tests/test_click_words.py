"""click's own messages are translated, and none is missed when click changes."""

import ast
import inspect
import itertools
import re

import click
import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from course import click_words as words
from course import text
from course.cli import cli
from course.line_breaks import NEVER_FIRST, WIDE
from solutions.recipes.__main__ import cli as recipes

FOR_PROGRAMMERS = {
    "extra['required']",
    "deprecated",
    "(dynamic)",
    "env var: {var}",
    "Do you want to continue?",
    "Confirm the action without prompting.",
    "%(prog)s, version %(version)s",
    "Choice({choices})",
    "Value must be an iterable.",
    "{value!r} is not a valid UUID.",
    "Invalid start character for option ({option})",
}
"""Messages for authors of commands, or for kinds of options that we do not have."""
NOT_OURS = (
    "DeprecationWarning",
    "Could not determine name",
    "No options defined",
    "Arguments take",
    "Name '{name}'",
    "Boolean option",
    "{value!r} does not match the format",
    "{len_type} values are required",
)
"""Beginnings of more such messages."""


@pytest.fixture(autouse=True)
def english():
    yield
    text.use("en")


def said_by_click() -> set[str | tuple[str, str]]:
    """Return every sentence that these modules look up."""
    found: set[str | tuple[str, str]] = set()
    for module in words.MODULES:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if name == "_":
                first = node.args[0]
                found.add(first.value if isinstance(first, ast.Constant) else ast.unparse(first))
            elif name == "ngettext":
                found.add((node.args[0].value, node.args[1].value))
    return found


def test_all_that_click_says_to_a_reader_is_in_the_catalogue():
    said = said_by_click()
    assert len(said) > 50
    known = {*words.SENTENCES, *words.PLURALS, "Show this message and exit."}
    for sentence in said - known - FOR_PROGRAMMERS:
        english = sentence if isinstance(sentence, str) else sentence[0]
        assert english.startswith(NOT_OURS), f"click says {english!r}, which is not in click_words.py"
    assert known - {"required"} <= said  # click looks that one up by a name


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("grade --nope", "エラー: オプション '--nope' はありません。"),
        ("grad 3", "もしかして: 'grade', 'read'"),
        ("grade", "引数がありません: 'EXERCISE'"),
        ("grade 3 --seed -4", "'--seed' の値が無効です: -4 は範囲 x>=0 の外です。"),
        ("grade 3 --seed", "オプション '--seed' には値が 1 個必要です。"),
        ("grade 3 --seed abc", "'--seed' の値が無効です: 'abc' は整数として読めません。"),
        ("class similarity --threshold abc", "'--threshold' の値が無効です: 'abc' は数値として読めません。"),
        ("grade 3 more", "余分な引数があります (more)"),
        ("list --lang xx", "'xx' は 'en', 'ja' のどれでもありません。"),
    ],
)
def test_a_complaint_is_in_the_language_that_was_chosen(typed, said):
    outcome = CliRunner().invoke(cli, ["--lang", "ja", *typed.split()])
    assert outcome.exit_code == 2 and said in outcome.output, outcome.output
    english = CliRunner().invoke(cli, ["--lang", "en", *typed.split()])
    assert "Error: " in english.output and english.output.isascii()


@pytest.mark.parametrize("command", [[], ["grade"], ["class"], ["class", "grade"]])
def test_a_help_page_has_no_english_headings(command):
    shown = CliRunner().invoke(cli, ["--lang", "ja", *command, "--help"]).output
    assert "使い方: " in shown and "オプション:" in shown and "このヘルプを表示して終了する" in shown
    assert not any(word in shown for word in ("Usage", "Options:", "Commands:", "Show this"))
    assert CliRunner().invoke(cli, ["--lang", "en", *command, "--help"]).output.startswith("Usage: ")


def commands(command, *path):
    yield path
    for name in getattr(command, "commands", ()):
        yield from commands(command.commands[name], *path, name)


def test_lines_of_an_english_help_page_fit_into_eighty_columns():
    seen = 0
    for path in commands(cli):
        output = CliRunner().invoke(cli, ["--lang", "en", *path, "--help"], terminal_width=80).output
        assert [line for line in output.splitlines() if len(line) > 80] == [], path
        seen += output.count("\n")
    assert seen > 200


def test_lines_of_a_japanese_help_page_fit_into_eighty_columns():
    seen = 0
    for path in commands(cli):
        lines = CliRunner().invoke(cli, ["--lang", "ja", *path, "--help"], terminal_width=80).output.splitlines()
        prose = [line for line in lines if re.search(f"[{WIDE}]", line)]
        assert [line for line in prose if cell_len(line) > 80] == [], path
        assert [line for line in prose if line.strip()[0] in NEVER_FIRST] == [], path
        seen += len(prose)
    assert seen > 200


@pytest.mark.parametrize("width", [60, 80, 120])
def test_words_of_a_japanese_help_page_stay_whole(width):
    """Required options, names in katakana, the last kana of a sentence."""
    seen = 0
    for path in commands(cli):
        output = CliRunner().invoke(cli, ["--lang", "ja", *path, "--help"], terminal_width=width).output
        lines = [line.strip() for line in output.splitlines()]
        torn = [
            (above, below)
            for above, below in itertools.pairwise(lines)
            if (re.search("[^ァ-ー][ァ-ー]{1,3}$", above) and re.match("[ァ-ー]", below))
            or (re.search("[ァ-ー]$", above) and re.match("[ァ-ー]{1,3}[^ァ-ー]", below))
        ]
        assert torn == [], path
        assert [line for line in lines if re.match("須|[ぁ-ん][、。]", line)] == [], path
        seen += output.count("[必須]")
    assert seen > 5


def kept(help_text: str) -> list[list[str]]:
    """Return the blocks of a help text whose lines are not wrapped."""
    blocks = [block.split("\n") for block in re.split(r"\n{2,}", help_text)]
    return [block[1:] for block in blocks if block[0].strip() == "\b"]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_of_a_block_are_kept_in_japanese_as_in_english(width):
    """Lists of exit codes, and examples: as many as in English, each line on its own line."""
    seen = 0
    for chosen, group in ((["--lang", "ja"], cli), ([], recipes)):
        for path in commands(group):
            command = group
            for name in path:
                command = command.commands[name]
            english = inspect.cleandoc(command.callback.__doc__)
            blocks = kept(text.translated(english, "ja"))
            if kept(english):  # where English has sentences, a list can be clearer
                assert [len(block) for block in blocks] == [len(block) for block in kept(english)], path
            text.use("ja")
            shown = CliRunner().invoke(group, [*chosen, *path, "--help"], terminal_width=width).output.splitlines()
            text.use("en")
            assert [line for block in blocks for line in block if f"  {line}" not in shown] == [], path
            seen += sum(map(len, blocks))
    assert seen > 20


def test_lines_of_a_paragraph_are_joined_without_a_space_in_japanese():
    shown = words.wrap_text("保存します。\n表示は\nLoRA の\n層です。\n\n次の段落。", 80, preserve_paragraphs=True)
    assert shown == "保存します。表示は LoRA の層です。\n\n次の段落。"
    assert words.wrap_text("one-two … three", 10) == "one-two …\nthree"
    assert words.wrap_text("one\ntwo\n\nthree", 80, preserve_paragraphs=True) == "one two\n\nthree"


def test_japanese_is_wrapped_between_characters_and_keeps_its_spaces():
    sentence = "重みの行列を凍結して、LoRA の（小さな）因子だけを学習させます。"
    lines = words.wrap_text(sentence, 20).split("\n")
    assert all(cell_len(line) <= 20 for line in lines) and len(lines) == 4
    assert "".join(lines).replace(" ", "") == sentence.replace(" ", "")
    assert words.wrap_text(sentence, 80) == sentence
    assert words.wrap_text("plain words of English", 12) == "plain words\nof English"
    kept = "\b\n重みの行列\n  を 凍結する"
    assert words.wrap_text(kept, 8, preserve_paragraphs=True) == "重みの行列\n  を 凍結する"


def test_click_has_every_module_that_is_taught():
    assert all(module._ is words.lookup for module in words.MODULES if hasattr(module, "_"))
    assert click.exceptions._ is click.formatting._ is words.lookup


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        (click.INT, "abc", "'abc' は整数として読めません。"),
        (click.FLOAT, "abc", "'abc' は数値として読めません。"),
        (click.FloatRange(0, 1), "abc", "'abc' は数値として読めません。"),
        (click.Path(file_okay=False), __file__, f"フォルダ {__file__!r} はファイルです。"),
        (click.Path(dir_okay=False), ".", "ファイル '.' はフォルダです。"),
        (click.Path(exists=True), "nope", "パス 'nope' はありません。"),
    ],
)
def test_a_kind_of_value_is_named_in_the_language_that_was_chosen_later(kind, value, said):
    text.use("ja")
    with pytest.raises(click.BadParameter) as refused:
        kind.convert(value, None, None)
    assert refused.value.message == said
    text.use("en")
    with pytest.raises(click.BadParameter) as refused:
        kind.convert(value, None, None)
    assert refused.value.message.isascii() and re.match(
        "'abc' is not a valid|File|Directory|Path", refused.value.message
    )
