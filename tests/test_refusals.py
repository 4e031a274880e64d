"""What recipes refuse, and what they say: each refusal names what was found and what would work."""

from __future__ import annotations

import ast
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result
from rich.console import Console
from tiny import tiny
from transformers import BertConfig, BertModel

from solutions.recipes import model, pictures, preflight
from solutions.recipes.__main__ import cli
from solutions.recipes.config import FineTune
from solutions.recipes.errors import RecipeError, StudentError
from solutions.recipes.finetune import finetune

ROOT = Path(__file__).resolve().parents[1]
QUIET = Console(quiet=True)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    monkeypatch.setattr(pictures, "draw", lambda *_: [])


@pytest.fixture
def config(tmp_path) -> FineTune:
    """A tiny run; its model and its data are in ``tmp_path / "tiny"``."""
    return replace(tiny(tmp_path / "tiny"), max_steps=1, epochs=1)


def asked(*words: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, words)))


# --- Tokenizers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", [(), ("tokenizer_config.json",)], ids=["nothing", "only its settings"])
def test_a_folder_without_a_tokenizer_is_refused(config, tmp_path, left):
    folder = Path(config.model)
    for name in ("tokenizer.json", "vocab.txt", "tokenizer_config.json", "special_tokens_map.json"):
        if name not in left:
            (folder / name).unlink(missing_ok=True)
    with pytest.raises(RecipeError, match=r"there is no tokenizer in .* tokenizer.save_pretrained\("):
        finetune(config, tmp_path / "run", QUIET)
    words = ("--data", config.data, "--steps", 1, "--from", folder, "--objective", "mlm", "--out", tmp_path / "mlm")
    for command in (("pretrain", *words), ("pipelines", "--model", folder, "--only", "tokenizer,model")):
        said = asked(*command)
        assert said.exit_code == 2 and "there is no tokenizer in" in said.output, said.output


def test_a_tokenizer_that_knows_only_special_tokens_is_none(config):
    for name in ("tokenizer.json", "vocab.txt"):
        (Path(config.model) / name).unlink(missing_ok=True)
    model.pretrained(model.AutoTokenizer, config.model).save_pretrained(config.model)  # what transformers makes up
    with pytest.raises(RecipeError, match="there is no tokenizer in"):
        model.load_tokenizer(config.model)


def test_a_run_whose_base_lost_its_tokenizer_predicts_nothing(config, tmp_path):
    finetune(replace(config, method="head"), tmp_path / "run", QUIET)
    for name in ("tokenizer.json", "vocab.txt"):
        (Path(config.model) / name).unlink(missing_ok=True)
    said = asked("predict", tmp_path / "run", "a film")
    assert said.exit_code == 2 and "there is no tokenizer in" in said.output


def test_a_tokenizer_with_more_tokens_than_its_model_is_refused(config, tmp_path):
    BertModel(BertConfig(vocab_size=20, hidden_size=24, num_hidden_layers=1, num_attention_heads=3)).save_pretrained(
        config.model
    )
    with pytest.raises(RecipeError, match="do not belong together: the tokenizer has .* the model knows only 20"):
        finetune(config, tmp_path / "run", QUIET)


def test_texts_that_the_tokenizer_does_not_know_are_refused(config, tmp_path):
    path = tmp_path / "foreign.csv"
    lines = [f"{'zq' * (i % 9 + 1)} xx{i} yy,{'ab'[i % 2]}" for i in range(60)]
    path.write_text("\n".join(["text,label", *lines]), encoding="utf-8")
    with pytest.raises(RecipeError, match=r"does not know the words of these texts: 100% .*\[UNK\]"):
        finetune(replace(config, data=str(path)), tmp_path / "run", QUIET)
    said = asked(
        "pretrain", "--data", path, "--steps", 1, "--block", 8, "--from", config.model, "--out", tmp_path / "m"
    )
    assert said.exit_code == 2 and "does not know the words of these texts" in said.output, said.output


# --- Your own functions -----------------------------------------------------------------------------------------------


def workspace(folder: Path, answers: dict[str, str], *started: str) -> Path:
    """Skeletons, in which a few functions do as little as ``answers`` says."""
    folder.mkdir()
    for slug in preflight.EXERCISES:
        room = "solutions" if slug in started else "exercises"
        shutil.copy(ROOT / room / f"{slug}.py", folder / f"{slug}.py")
    for name, body in answers.items():
        slug, _, function = name.partition(".")
        path = folder / f"{slug}.py"
        lines = path.read_text(encoding="utf-8").splitlines()
        tree = ast.parse("\n".join(lines))
        node = next(one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == function)
        indent = " " * node.body[0].col_offset
        first, last = node.body[0].lineno - 1, node.end_lineno
        path.write_text("\n".join([*lines[:first], indent + body, *lines[last:]]), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "body", "complaint"),
    [
        ("heads.mean_pool", "return None", r"mean_pool in .*heads.py returned \(None\): TypeError.*exercise-4"),
        ("heads.mean_pool", "return 'x'", r"mean_pool in .*heads.py returned \('x'\)"),
        ("heads.mean_pool", "return hidden.mean(0)", r"mean_pool in .* returned \(Tensor of shape .*exercise-4"),
        ("basics.pad_batch", "return None", r"pad_batch in .*basics.py returned \(None\).*exercise-1"),
        ("basics.count_parameters", "return [1]", r"count_parameters in .* returned \(list of length 1\).*exercise-1"),
        ("optimization.decay_groups", "return 'x'", r"decay_groups in .* returned \('x'\).*exercise-5"),
        ("optimization.warmup_linear", "return 'x'", r"warmup_linear in .* returned \('x'\).*exercise-5"),
        ("evaluation.group_split", "return None", r"group_split in .* returned \(None\).*exercise-7"),
        ("evaluation.prf", "return {}", r"prf in .* returned \(dict of length 0\).*exercise-7"),
        ("training.evaluate", "return 0.5", r"evaluate in .* returned \(0.5\).*exercise-6"),
        ("heads.mean_pool", "import sys; sys.exit(3)", r"mean_pool in .*heads.py ends the program in line \d+"),
        ("training.train_epoch", "quit()", r"train_epoch in .*training.py ends the program"),
        ("heads.mean_pool", "raise ValueError('y' * 900)", r"failed in line \d+ with ValueError: y{50,200}…"),
    ],
)
def test_a_wrong_answer_of_your_function_names_it(config, tmp_path, name, body, complaint):
    mine = workspace(tmp_path / "mine", {name: body})
    with pytest.raises(StudentError, match=complaint) as caught:
        finetune(replace(config, mine=mine), tmp_path / "run", QUIET)
    assert caught.value.exit_code == 4 and len(caught.value.message) < 700


def test_the_function_that_answered_wrongly_is_named_and_not_its_caller(config, tmp_path):
    mine = workspace(tmp_path / "mine", {"heads.mean_pool": "return None"}, "training")
    with pytest.raises(StudentError, match=r"mean_pool in .*heads.py returned \(None\)"):
        finetune(replace(config, mine=mine), tmp_path / "run", QUIET)
    mine = workspace(tmp_path / "other", {"training.train_epoch": "model(None)"}, "heads")
    with pytest.raises(StudentError, match=r"train_epoch in .*training.py failed in line"):
        finetune(replace(config, mine=mine), tmp_path / "run", QUIET)


def test_a_file_of_yours_that_ends_the_program_is_named(config, tmp_path):
    mine = workspace(tmp_path / "mine", {"heads.mean_pool": "return None"})
    with (mine / "heads.py").open("a") as file:
        file.write("\n\nraise SystemExit(3)\n")
    with pytest.raises(StudentError, match="heads.py cannot be imported: SystemExit: 3"):
        finetune(replace(config, mine=mine), tmp_path / "run", QUIET)


def test_a_model_that_inject_lora_returns_is_not_printed(config, tmp_path):
    mine = workspace(tmp_path / "mine", {"lora.inject_lora": "return model"})
    with pytest.raises(StudentError, match="must return the replaced names, not Classifier") as caught:
        finetune(replace(config, method="lora", mine=mine), tmp_path / "run", QUIET)
    assert len(caught.value.message) < 400 and "\n" not in caught.value.message


def test_what_is_not_the_fault_of_an_answer_is_not_blamed_on_it(config, tmp_path, monkeypatch):
    mine = workspace(tmp_path / "mine", {}, "heads")
    monkeypatch.setattr("solutions.recipes.finetune.save_run", lambda *_: 1 / open("/nonexistent"))
    with pytest.raises(FileNotFoundError):
        finetune(replace(config, mine=mine), tmp_path / "run", QUIET)
