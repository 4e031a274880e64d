"""What recipes refuse, and what they say: each refusal names what was found and what would work."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner, Result
from rich.console import Console
from tiny import save_bert, tiny, write_reviews
from transformers import BertConfig, BertModel

from solutions.recipes import model, pictures, preflight
from solutions.recipes.__main__ import cli
from solutions.recipes.config import FineTune
from solutions.recipes.errors import RecipeError
from solutions.recipes.finetune import finetune

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
