"""Recipes in Japanese: every help text and every sentence of a run is translated; output for programs is in English."""

import ast
import os
import re
import string
import subprocess
import sys
from pathlib import Path

import click
import pytest
import torch
from click.testing import CliRunner
from rich.console import Console
from transformers import BertConfig, BertModel, BertTokenizerFast

from course import click_words, text
from scripts import messages
from solutions.recipes import checkpoint, display
from solutions.recipes.__main__ import cli
from solutions.recipes.errors import RecipeError
from solutions.recipes.options import GroupedCommand

ROOT = Path(__file__).parents[1]
RECIPES = ROOT / "solutions" / "recipes"
KANA_OR_KANJI = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


# --- Help -------------------------------------------------------------------------------------------------------------


def commands():
    """Return every command of the command line, the main one included."""
    found: list[tuple[str, click.Command]] = [("course run", cli)]
    for name, command in found:
        if isinstance(command, click.Group):
            found += [(f"{name} {inner}", one) for inner, one in command.commands.items()]
    return found


OPTIONS = [(f"{name} {one.opts[0]}", one) for name, command in commands() for one in command.params
           if isinstance(one, click.Option)]  # fmt: skip


def test_every_command_has_a_japanese_help(japanese):
    assert len(commands()) == 9
    for name, command in commands():
        assert isinstance(command, click_words.Command), name
        shown = CliRunner().invoke(cli, [*name.split()[2:], "--help"], env={"COLUMNS": "300"})
        about = str(command.callback.__doc__).strip().splitlines()[0]
        assert shown.exit_code == 0 and about not in shown.output, f"{name}: {about}"
        assert KANA_OR_KANJI.search(shown.output.split("\n\n")[1]), name


def test_every_option_has_a_japanese_help():
    assert len(OPTIONS) > 100
    for name, one in OPTIONS:
        assert isinstance(one, click_words.Option), f"{name} does not speak the reader's language"
        assert one.help and text.translated(one.help, "ja") != one.help, f"{name}: {one.help}"
        text.translated(one.help, "ja").format(**one.values)


def test_every_group_of_options_has_a_japanese_name():
    named = {
        str(getattr(one, "group", "Help"))
        for _, command in commands() if isinstance(command, GroupedCommand) for one in command.params
    }  # fmt: skip
    assert len(named) >= 7
    assert {name for name in named if text.translated(name, "ja") == name} == set()


def test_the_folder_of_a_run_is_required():
    for recipe in ("finetune", "pretrain"):
        done = CliRunner().invoke(cli, [recipe])
        assert done.exit_code == 2 and "Missing option '--out'" in done.stderr


# --- A run ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def encoder(tmp_path_factory) -> Path:
    """Write a folder with a tiny BERT and its tokenizer."""
    folder = tmp_path_factory.mktemp("encoder")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefgh"]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=32).save_pretrained(folder)
    torch.manual_seed(0)
    shape = {"hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=len(vocabulary), max_position_embeddings=32, **shape)).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def reviews(tmp_path_factory) -> Path:
    """Write 64 rows; the last one repeats the first."""
    rows = [f"{' '.join(format(i, '06o').translate(str.maketrans('01234567', 'abcdefgh')))},{i % 2}" for i in range(63)]
    path = tmp_path_factory.mktemp("data") / "reviews.csv"
    path.write_text("\n".join(["text,label", *rows, rows[0]]) + "\n", encoding="utf-8")
    return path


def run(*arguments, module="solutions.recipes", **environ):
    environ = {**os.environ, "LANGUAGE": "ja", "PYTHONIOENCODING": "utf-8", "COLUMNS": "80", **environ}
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, encoding="utf-8", check=False)


def pieces():
    """Return the parts of sentences between placeholders that are long enough to be recognised."""
    found = set()
    for message in messages.template("recipes"):
        for sentence in messages_of(message):
            for piece, _, _, _ in string.Formatter().parse(sentence):
                for line in piece.splitlines():
                    if re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}", line) and not line.startswith("python -m pip"):
                        found.add(" ".join(line.split()))
    return found


def messages_of(message):
    return () if not message.id else message.id if isinstance(message.id, tuple) else (message.id,)


def english_in(printed):
    flat = " ".join(printed.split())
    return {piece for piece in pieces() if piece in flat}


def test_a_run_speaks_japanese_and_its_files_english(encoder, reviews, tmp_path):
    arguments = ["finetune", "--model", encoder, "--data", reviews, "--rank", "2", "--precision", "fp32"]
    done = run(*arguments, "--out", tmp_path / "run", "--epochs", "2", "--early-stopping", "2", "--batch-size", "8")
    assert done.returncode == 0, done.stderr
    assert len(pieces()) > 150 and english_in(done.stdout + done.stderr) == set()
    for words in (
        "学習用",
        "除外: 重複 1 件",
        "損失",
        "テスト ",
        "正解率 0.",
        "パラメータ ",
        "次のコマンド: ",
        "course run predict",
    ):
        assert words in done.stdout
    files = [path for path in (tmp_path / "run").iterdir() if path.suffix in (".json", ".jsonl")]
    assert {"result.json", "config.json", "metrics.jsonl", "recipe.json"} <= {path.name for path in files}
    for path in files:
        assert not KANA_OR_KANJI.search(path.read_text(encoding="utf-8")), path.name
    again = run(*arguments, "--out", tmp_path / "run")
    assert again.returncode == 2 and "終わった実行があります" in again.stderr and not english_in(again.stderr)


def test_the_language_of_the_front_command_reaches_the_recipe(tmp_path):
    wrong = ["run", "finetune", "--out", tmp_path, "--fold", "9"]
    done = run("--lang", "ja", *wrong, module="course", LANGUAGE="en")
    assert done.returncode == 2 and "fold='9' は使えません" in done.stderr
    done = run("--lang", "en", *wrong, module="course")
    assert done.returncode == 2 and "fold='9' must be like 2/5" in done.stderr


def test_a_terminal_that_cannot_write_japanese_gets_english(tmp_path):
    done = run("finetune", "--out", tmp_path, "--fold", "9", PYTHONIOENCODING="ascii")
    assert done.returncode == 2 and done.stderr == "Error: fold='9' must be like 2/5: the second of five\n"


def test_a_checkpoint_names_what_differs_in_japanese(tmp_path, japanese):
    model = torch.nn.Linear(2, 2)
    optimizer = torch.optim.AdamW(model.parameters())
    path, before = tmp_path / "checkpoint.safetensors", {"rank": 4, "base weights": "aa", "training texts": "bb"}
    checkpoint.save_checkpoint(path, before, checkpoint.Position(), model, optimizer, {}, torch.device("cpu"))
    with pytest.raises(RecipeError, match="rank（4、今回は 8）、学習用テキスト（bb、今回は cc）"):
        checkpoint.load_checkpoint(path, before | {"rank": 8, "training texts": "cc"})


def test_figures_and_durations_in_japanese(japanese):
    assert [display.duration(seconds) for seconds in (8.6, 180, 200, 7260)] == [
        "9 秒", "3 分", "3 分 20 秒", "2 時間 1 分"
    ]  # fmt: skip
    numbers = {"rmse": 0.5, "standard_error": 0.01, "rmse_of_mean": 1.0, "n": 1200}
    assert display.describe_score(numbers) == "RMSE 0.500 ± 0.010（テキスト 1,200 件）、常に平均を予測した場合は 1.000"


def test_the_table_of_a_run_is_aligned_in_japanese(tmp_path, japanese, capsys):
    (tmp_path / "adapter_model.safetensors").write_bytes(b"1" * 2000)
    score = {"accuracy": 0.5, "standard_error": 0.1, "n": 10}
    result = {
        "parameters": {"trainable": 1, "total": 2, "trainable_ratio": 0.5}, "method": "lora", "test": score,
        "validation": score, "seconds": 1.0, "samples_per_second": 1.0, "total_seconds": 1.0, "pictures": [],
        "pictures_missing": "pip", "best_epoch": 0, "training_loss": [0.5], "config": {"mine": None},
    }  # fmt: skip
    display.print_result(Console(width=300, file=None), result, tmp_path)
    lines = capsys.readouterr().out.splitlines()
    starts = {Console().measure(line[: re.search(r"  +", line).end()]).maximum for line in lines[:7]}
    assert len(starts) == 1


# --- The code ---------------------------------------------------------------------------------------------------------

READ = {
    "RecipeError", "StudentError", "NothingStarted", "Diverged", "RecipeFault", "ClickException", "UsageError",
    "BadParameter", "broken_promise", "no_device", "echo", "print", "status", "add_row", "add_column",
}  # fmt: skip
"""Functions that take words for the user."""
FIRST = ("broken_promise",)
"""Of these, only the first argument is for the user; the other names an exercise."""
PASSED_ON = ("config.py", "splitting.py")
"""Files whose ValueErrors the user reads too: they are raised again as a RecipeError."""
COMMANDS = ("shlex.join", "preflight.command", "command")
"""Functions that return commands, whose words are the same in every language."""
WORDS, MARKUP = re.compile(r"[A-Za-z]{2,}"), re.compile(r"\[/?[a-z ]*\]")
"""Words, and the markup for colours on a terminal."""


def untranslated(tree):
    """Return lines and words for the user that bypass the catalogue, and the number of calls."""
    found, seen = [], 0
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and messages.called(node) in READ:
                seen += 1
                for argument in node.args[: 1 if messages.called(node) in FIRST else None]:
                    for words in spoken(argument, function):
                        if WORDS.search(MARKUP.sub("", words)):
                            found.append((node.lineno, words))
    return found, seen


def spoken(node, function, depth=0):
    """Yield the literal words of an expression, except sentences for the catalogue, keys and commands."""
    match node:
        case ast.Constant(value=str(words)):
            yield words
        case ast.JoinedStr(values=parts) | ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from spoken(part, function, depth)
        case ast.FormattedValue(value=inner) | ast.Starred(value=inner) | ast.keyword(value=inner):
            yield from spoken(inner, function, depth)
        case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
            yield from spoken(one, function, depth)
            yield from spoken(other, function, depth)
        case ast.GeneratorExp(elt=inner) | ast.ListComp(elt=inner):
            yield from spoken(inner, function, depth)
        case ast.Call() if messages.called(node) in messages.KEYWORDS or ast.unparse(node.func) in COMMANDS:
            return
        case ast.Call():
            for part in node.args:  # a name, such as that of an attribute, has no space
                yield from (words for words in spoken(part, function, depth) if re.search(r"[a-z] [a-z]", words))
        case ast.Name(id=name) if depth < 3:
            for value in messages.assigned(name, function):
                yield from spoken(value, function, depth + 1)


def with_value_errors(path):
    return READ | ({"ValueError"} if path.name in PASSED_ON else set())


def test_whatever_a_person_reads_goes_through_the_catalogue(monkeypatch):
    found, seen = {}, 0
    for path in sorted(RECIPES.rglob("*.py")):
        monkeypatch.setitem(globals(), "READ", with_value_errors(path))
        words, looked_at = untranslated(ast.parse(path.read_text(encoding="utf-8")))
        seen += looked_at
        if words:
            found[path.relative_to(RECIPES).as_posix()] = words
        monkeypatch.undo()
    assert seen > 200
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        'raise RecipeError(f"there is no {x}")',
        'raise RecipeError("nothing here" if x else say("something"))',
        'raise taken.broken_promise(f"{x} is wrong", "lora")',
        'console.print("one " + x)',
        'click.echo(f"\\nNext: {shlex.join(x)}", err=True)',
        'console.print(escape(f"a step of {x}"))',
        'message = f"{x} is wrong"\n    raise RecipeError(message)',
        'table.add_row("test", x)',
        'console.print(*[f"row {x}" for x in y])',
    ],
)
def test_words_that_nobody_could_translate_are_found(line):
    found, seen = untranslated(ast.parse(f"def f(x):\n    {line}"))
    assert seen == 1 and found


@pytest.mark.parametrize(
    "line",
    [
        'raise RecipeError(say("there is no {x}", x=x))',
        "raise RecipeError(str(error))",
        'click.echo("\\n" + say("Next: {command}", command=shlex.join(["course", "run"])), err=True)',
        'console.print(getattr(x, "name"), f"{x:,.1f} ± {y[\'one\']}")',
        'console.print(shlex.join(["course", "run finetune"]))',
    ],
)
def test_words_that_are_said_are_not_found(line):
    found, seen = untranslated(ast.parse(f"def f(x):\n    {line}"))
    assert seen == 1 and found == []
