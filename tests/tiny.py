"""A tiny encoder and a few sentences: the smallest thing that a recipe can train on."""

import csv
import random
from pathlib import Path

import torch
from transformers import BertConfig, BertModel, BertTokenizerFast

from solutions.recipes.config import FineTune

WORDS = "the a film plot actor scene music story ending camera was is felt looked seemed and but with of".split()
GOOD, BAD = "warm funny bright moving clever".split(), "dull cold empty clumsy tired".split()


def tiny(folder: Path) -> FineTune:
    """Write both into a folder; returns a run of two epochs, in which a step with a single text occurs."""
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *GOOD, *BAD]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    torch.manual_seed(0)
    shape = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 40}
    BertModel(BertConfig(vocab_size=len(vocabulary), max_position_embeddings=64, **shape)).save_pretrained(folder)
    draw = random.Random(0)
    path = folder / "reviews.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "label"])
        for i in range(53):
            words = draw.choices(WORDS, k=draw.randint(2, 9)) + draw.choices(GOOD if i % 2 else BAD, k=2)
            draw.shuffle(words)
            writer.writerow([" ".join(words), "praise" if i % 2 else "blame"])
    return FineTune(
        method="full", model=str(folder), data=str(path), learning_rate=5e-3, batch_size=12, accumulate=2, epochs=2,
        max_gradient_norm=0.5, precision="fp32", device="cpu", threads=1,
    )  # fmt: skip
