"""How many texts per second: the chapter's recipe and ours, on the same machine, in turns.

The chapter's recipe (section 3.4): every text padded to 128 tokens, float32, all weights trained by AdamW as a plain
loop over the tensors, dropout as the model comes, batches of 16. Two things are in its favour: the texts are tokenised
beforehand, and the encoder is the small one that ours trains too. Ours is `training.train`, the very loop of
``course run finetune``, with its defaults.

The recipes take turns (A B C D A B C D ...), and a ratio is formed within a turn, so that a busy moment of the machine
strikes all of them; the median over the turns is reported. Processor time is reported beside wall time. What is not
measured: loading, tokenising, evaluating.
"""

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from transformers import AutoModelForSequenceClassification

from solutions.recipes.config import FineTune, Method
from solutions.recipes.data import POOL_BATCHES, load, pad
from solutions.recipes.files import write_json
from solutions.recipes.finetune import versions
from solutions.recipes.hardware import describe, find_hardware, processor
from solutions.recipes.methods import adapt
from solutions.recipes.model import load_classifier, load_tokenizer, pretrained
from solutions.recipes.splitting import split
from solutions.recipes.training import Tokenised, tokenise, train

METHODS: tuple[Method, ...] = ("lora", "full", "head")
"""What is compared with the chapter."""
CHAPTER = "chapter"
CHAPTER_LENGTH, CHAPTER_BATCH, CHAPTER_RATE = 128, 16, 2e-5
CHAPTER_STEPS = 4
"""Per turn; every step costs the same, since every batch has the same size."""


@dataclass(frozen=True)
class Turn:
    """What one turn of one recipe took."""

    texts: int
    seconds: float
    cpu_seconds: float


def throughput(recipes: Mapping[str, Callable[[], Turn]], rounds: int) -> dict[str, list[Turn]]:
    """Let the recipes take turns: all of them once, then all of them again."""
    turns: dict[str, list[Turn]] = {name: [] for name in recipes}
    for _ in range(rounds):
        for name, take_turn in recipes.items():
            turns[name].append(take_turn())
    return turns


def summarise(turns: Mapping[str, Sequence[Turn]], baseline: str) -> dict[str, dict[str, Any]]:
    """Medians of speed and of the ratio to the baseline in the same round.

    >>> one = {"slow": [Turn(10, 1.0, 2.0)], "fast": [Turn(60, 2.0, 3.0)]}
    >>> summarise(one, baseline="slow")["fast"]["ratio"]
    3.0
    """

    def figures(own: Sequence[Turn]) -> dict[str, Any]:
        ratios = [
            (turn.texts / turn.seconds) / (base.texts / base.seconds)
            for turn, base in zip(own, turns[baseline], strict=True)
        ]
        cpu_ratios = [
            (turn.texts / turn.cpu_seconds) / (base.texts / base.cpu_seconds)
            for turn, base in zip(own, turns[baseline], strict=True)
        ]
        return {
            "samples_per_second": statistics.median(turn.texts / turn.seconds for turn in own),
            "samples_per_cpu_second": statistics.median(turn.texts / turn.cpu_seconds for turn in own),
            "ratio": statistics.median(ratios),
            "ratio_range": [min(ratios), max(ratios)],
            "cpu_ratio": statistics.median(cpu_ratios),
            "texts_per_turn": own[0].texts,
        }

    return {name: figures(own) for name, own in turns.items()}


# --- The recipes ------------------------------------------------------------------------------------------------------


def chapter_recipe(data: Tokenised, config: FineTune) -> Callable[[], Turn]:
    """The chapter's training step, on its own model; each turn is `CHAPTER_STEPS` of them."""
    device = find_hardware(config).device
    model = pretrained(AutoModelForSequenceClassification, config.model, dtype=torch.float32, num_labels=2).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=CHAPTER_RATE, weight_decay=0.01, foreach=False, fused=False)
    model.train()

    def take_turn() -> Turn:
        started, cpu_started = time.perf_counter(), time.process_time()
        for step in range(CHAPTER_STEPS):
            rows = range(step * CHAPTER_BATCH, (step + 1) * CHAPTER_BATCH)
            ids, mask = pad([data.tokens[i] for i in rows], data.pad_token, length=CHAPTER_LENGTH)
            labels = data.labels[list(rows)].to(device)
            loss = model(input_ids=ids.to(device), attention_mask=mask.to(device), labels=labels).loss
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            loss.item()  # the chapter adds it up after every step
        n = CHAPTER_STEPS * CHAPTER_BATCH
        return Turn(n, time.perf_counter() - started, time.process_time() - cpu_started)

    return take_turn


def our_recipe(data: Tokenised, config: FineTune) -> Callable[[], Turn]:
    """An epoch of our loop over these texts in every turn."""
    hardware = find_hardware(config)
    torch.manual_seed(config.seed)
    model = load_classifier(config, 2, hardware)
    adapt(model, config, hardware)

    def take_turn() -> Turn:
        trained = train(model, data, config, hardware)
        return Turn(trained.samples, trained.seconds, trained.cpu_seconds)

    return take_turn


# --- The benchmark ----------------------------------------------------------------------------------------------------


def run(
    rounds: int, threads: int | None, console: Console, data: str = FineTune.data, model: str = FineTune.model
) -> dict[str, Any]:
    """Measure the chapter's recipe and our three methods on the same texts, and print a table."""
    config = FineTune(threads=threads, data=data, model=model)
    hardware = find_hardware(config)
    training = split(*load(config.data)).train
    some = training.take(range(0, len(training), max(1, len(training) // (config.batch_size * POOL_BATCHES))))
    texts = tokenise(load_tokenizer(config.model), some, CHAPTER_LENGTH)

    recipes = {CHAPTER: chapter_recipe(texts, config)}
    recipes |= {method: our_recipe(texts, FineTune(method=method, threads=threads, model=model)) for method in METHODS}
    load_before = load_average()
    with console.status(f"{rounds} rounds of {', '.join(recipes)}, after one to warm up"):
        throughput(recipes, rounds=1)
        turns = throughput(recipes, rounds)

    figures = summarise(turns, CHAPTER)
    console.print(f"{len(texts.tokens):,} texts of {config.data} on {describe(hardware)}", highlight=False)
    console.print(table(figures), highlight=False)
    return {
        "schema": "course/bench-training/v1",
        "recipes": figures,
        "baseline": CHAPTER,
        "rounds": rounds,
        "texts": len(texts.tokens),
        "data": config.data,
        "device": str(hardware.device),
        "precision": hardware.precision,
        "threads": hardware.threads,
        "processor": processor(),
        "load_average": [load_before, load_average()],
        "versions": versions(),
    }


def table(figures: Mapping[str, Mapping[str, Any]]) -> Table:
    """A line per recipe."""
    grid = Table("training", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("texts/s", "× chapter", "from - to", "texts per CPU second", "× chapter"):
        grid.add_column(name, justify="right")
    for name, row in figures.items():
        low, high = row["ratio_range"]
        grid.add_row(
            name,
            f"{row['samples_per_second']:.1f}",
            f"{row['ratio']:.1f}",
            f"{low:.1f} - {high:.1f}",
            f"{row['samples_per_cpu_second']:.1f}",
            f"{row['cpu_ratio']:.1f}",
        )
    return grid


def load_average() -> float | None:
    """Of the last minute, where the system tells: how much else was going on."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def write(report: dict[str, Any], path: Path) -> None:
    """Keep the figures."""
    write_json(path, report)
