"""Tiny models, a few texts and workspaces, made on the spot, for the tests of recipes."""

from __future__ import annotations

import csv
import json
import random
import shutil
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertForTokenClassification,
    BertModel,
    BertTokenizerFast,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
)

from solutions.recipes import preflight
from solutions.recipes.config import FineTune

ROOT = Path(__file__).resolve().parents[1]

WORDS = "the a film plot actor scene music story ending camera was is felt looked seemed and but with of".split()
GOOD, BAD = "warm funny bright moving clever".split(), "dull cold empty clumsy tired".split()
NAMES = "mara ##l ##in left oslo for borealis in".split()
SHAPE = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 40}
KINDS = {
    "encoder": BertModel,
    "masked": BertForMaskedLM,
    "classifier": BertForSequenceClassification,
    "tagger": BertForTokenClassification,
}


def vocabulary() -> list[str]:
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *GOOD, *BAD, *NAMES]


def save_tokenizer(folder: Path) -> None:
    (folder / "vocab.txt").write_text("\n".join(vocabulary()), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)


def save_bert(folder: Path, kind: str = "encoder", seed: int = 0, **options: Any) -> Path:
    """Save a BERT of some kind with its tokenizer; its weights are random and large, so that its answers differ."""
    folder.mkdir(parents=True, exist_ok=True)
    save_tokenizer(folder)
    torch.manual_seed(seed)
    spread = {} if kind == "encoder" else {"initializer_range": 0.5}
    options = {"max_position_embeddings": 64, **SHAPE, **spread, **options}
    config = BertConfig(vocab_size=len(vocabulary()), **options)
    KINDS[kind](config).save_pretrained(folder)
    return folder


def save_gpt(folder: Path, seed: int = 0) -> Path:
    """Save a GPT-2 with the same vocabulary; [SEP] ends a text."""
    folder.mkdir(parents=True, exist_ok=True)
    save_tokenizer(folder)
    content = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    content["post_processor"] = None  # no [CLS] at the start, no [SEP] at the end
    (folder / "tokenizer.json").write_text(json.dumps(content), encoding="utf-8")
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "bos_token": "[CLS]", "eos_token": "[SEP]"}
    PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"),
        model_max_length=64,
        model_input_names=["input_ids", "attention_mask"],
        **special,
    ).save_pretrained(folder)
    torch.manual_seed(seed)
    config = GPT2Config(
        vocab_size=len(vocabulary()), n_positions=64, n_embd=24, n_layer=2, n_head=3, initializer_range=0.5,
        bos_token_id=2, eos_token_id=3, pad_token_id=0,
    )  # fmt: skip
    GPT2LMHeadModel(config).save_pretrained(folder)
    return folder


def write_reviews(
    path: Path, n: int = 160, seed: int = 0, most_words: int = 12, stars: tuple[int, int] | None = None
) -> Path:
    """Write sentences with an opinion that matches their label.

    Args:
        path: the file to write.
        n: number of sentences.
        seed: seed for the words.
        most_words: maximum number of words besides the two that express the opinion.
        stars: stars of a bad sentence, and how many more a good one has: a number that goes with the opinion.
    """
    draw = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label", *(["stars"] if stars else [])])
        for i in range(n):
            words = draw.choices(WORDS, k=draw.randint(2, most_words)) + draw.choices(GOOD if i % 2 else BAD, k=2)
            draw.shuffle(words)
            more = [stars[0] + stars[1] * (i % 2) + draw.random()] if stars else []
            writer.writerow([" ".join(words), "praise" if i % 2 else "blame", *more])
    return path


def tiny(folder: Path) -> FineTune:
    """Return a run of two epochs on a tiny encoder and a few sentences, in which a step with a single text occurs."""
    save_bert(folder)
    path = write_reviews(folder / "reviews.csv", n=53)
    return FineTune(
        method="full", model=str(folder), data=str(path), learning_rate=5e-3, batch_size=12, accumulate=2, epochs=2,
        max_gradient_norm=0.5, precision="fp32", device="cpu", threads=1,
    )  # fmt: skip


def weights(out: Path) -> dict[str, torch.Tensor]:
    """Return the saved weights of a run."""
    recipe = json.loads((out / "recipe.json").read_text(encoding="utf-8"))
    return load_file(out / recipe["weights"])


def workspace(folder: Path, *started: str) -> Path:
    """Write skeletons, with the reference in place of those that are named."""
    (folder / ".course").mkdir(parents=True)
    for slug in preflight.EXERCISES:
        room = "solutions" if slug in started else "exercises"
        shutil.copy(ROOT / room / f"{slug}.py", folder / f"{slug}.py")
    return folder


def replace_in(path: Path, old: str, new: str) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count(old) == 1, old
    path.write_text(source.replace(old, new), encoding="utf-8")
