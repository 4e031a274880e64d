"""Texts per second of the chapter's recipes and ours, on the same machine, in turns.

Training on short texts: the chapter's recipe (section 3.4: every text padded to 128 tokens, float32, all weights
trained by AdamW as a plain loop over the tensors, dropout as the model comes, batches of 16); the Trainer of
transformers (all weights, its defaults, texts grouped by length, our batch size and our precision); and
`training.train`, the very loop of ``course run finetune``, with its defaults. Training on long texts: the same without
the Trainer, IMDb at 256 tokens. In favour of the others: texts are tokenised beforehand, the encoder is the small one
that ours trains too, and of the Trainer only the time between the first step and the last counts.

Inference: the chapter's loop (one text at a time, padded to 128, float32), and ``course run predict``, both with their
tokenising.

The recipes take turns (A B C D A B C D ...), and a ratio is computed within a turn, so that a busy moment of the
machine affects all of them; the median over the turns is reported. Processor time is reported beside wall time. Loading
and evaluating are not measured.
"""

import copy
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from transformers import AutoModelForSequenceClassification

from course.text import mark, say
from solutions.recipes.config import FineTune, Method
from solutions.recipes.data import POOL_BATCHES, load, pad
from solutions.recipes.files import write_json
from solutions.recipes.finetune import versions
from solutions.recipes.functions import functions
from solutions.recipes.hardware import describe, find_hardware, processor
from solutions.recipes.methods import adapt, longest_text
from solutions.recipes.model import load_classifier, load_tokenizer, pretrained
from solutions.recipes.predicting import predict, sped_up
from solutions.recipes.saving import Outputs, Run
from solutions.recipes.splitting import split
from solutions.recipes.trainer import build_trainer, rows_of
from solutions.recipes.training import Tokenised, tokenise, train

PARTS = ("training", "imdb", "inference")
METHODS: tuple[Method, ...] = ("lora", "full", "head")
"""Methods that are compared with the chapter."""
METHODS_LONG: tuple[Method, ...] = ("lora", "full")
"""Methods that are compared on long texts."""
TITLES = {"recipes": mark("training"), "imdb": "imdb", "inference": mark("inference")}
"""Part of the benchmark -> heading of its table."""
COLUMNS = (
    mark("texts/s"),
    mark("× chapter"),
    mark("from - to"),
    mark("texts per CPU second"),
    mark("× chapter"),
)
"""Columns of every table."""
CHAPTER, TRAINER, OURS = "chapter", "trainer", "predict"
CHAPTER_LENGTH, CHAPTER_BATCH, CHAPTER_RATE = 128, 16, 2e-5
CHAPTER_STEPS = 4
"""Steps per turn; every step costs the same, since every batch has the same size."""
LONG_DATA, LONG_LENGTH, LONG_BATCHES = "imdb", 256, 16
"""Long texts: data set, maximum number of tokens, and our batches per turn."""
ONE_BY_ONE, MANY = 64, 1024
"""Texts in a turn of inference: for the chapter's loop, and for ours."""


@dataclass(frozen=True)
class Turn:
    """Texts and seconds of one turn of one recipe."""

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
    """Return medians of speed and of the ratio to the baseline in the same round.

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


def chapter_recipe(data: Tokenised, config: FineTune, length: int) -> Callable[[], Turn]:
    """Return a function that runs `CHAPTER_STEPS` training steps as in the chapter, on its own model."""
    device = find_hardware(config).device
    model = pretrained(AutoModelForSequenceClassification, config.model, dtype=torch.float32, num_labels=2).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=CHAPTER_RATE, weight_decay=0.01, foreach=False, fused=False)
    model.train()

    def take_turn() -> Turn:
        started, cpu_started = time.perf_counter(), time.process_time()
        for step in range(CHAPTER_STEPS):
            rows = range(step * CHAPTER_BATCH, (step + 1) * CHAPTER_BATCH)
            ids, mask = pad([data.tokens[i] for i in rows], data.pad_token, length=length)
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
    """Return a function that trains one epoch on these texts with our loop."""
    hardware = find_hardware(config)
    torch.manual_seed(config.seed)
    model = load_classifier(config, 2, hardware)
    adapt(model, config, hardware)

    def take_turn() -> Turn:
        trained = train(model, data, config, hardware)
        return Turn(trained.samples, trained.seconds, trained.cpu_seconds)

    return take_turn


def trainer_recipe(data: Tokenised, config: FineTune) -> Callable[[], Turn]:
    """Return a function that trains one epoch with transformers' Trainer: all weights, defaults, batches by length."""
    from transformers import TrainerCallback

    hardware = find_hardware(config)
    model = pretrained(AutoModelForSequenceClassification, config.model, dtype=torch.float32, num_labels=2)
    tokenizer = load_tokenizer(config.model)
    rows = rows_of(data.tokens, data.labels.tolist())

    class Watch(TrainerCallback):
        """Times only the steps, of all that ``train`` does."""

        began = ended = (0.0, 0.0)

        def on_train_begin(self, *_: Any, **__: Any) -> None:
            self.began = time.perf_counter(), time.process_time()

        def on_train_end(self, *_: Any, **__: Any) -> None:
            self.ended = time.perf_counter(), time.process_time()

    def take_turn() -> Turn:
        watch = Watch()
        with tempfile.TemporaryDirectory() as folder:
            trainer = build_trainer(model, tokenizer, rows, config, hardware, folder, [watch])
            trainer.train()
        (seconds, cpu_seconds), (started, cpu_started) = watch.ended, watch.began
        return Turn(len(rows), seconds - started, cpu_seconds - cpu_started)

    return take_turn


@dataclass
class Answers:
    """The answers of an inference recipe, one per text."""

    labels: dict[int, str]


def one_by_one_recipe(run: Run, texts: Sequence[str], said: Answers) -> Callable[[], Turn]:
    """Return the chapter's loop as a function: tokenise a text, pad it to 128, run a float32 model, take a label."""
    model = copy.deepcopy(run.model)
    model.hardware = replace(run.hardware, bf16=False)
    model.to(torch.float32)
    at = 0

    def take_turn() -> Turn:
        nonlocal at
        started, cpu_started = time.perf_counter(), time.process_time()
        for place in range(at, at + ONE_BY_ONE):
            words = run.tokenizer(
                texts[place % len(texts)], padding="max_length", truncation=True, max_length=run.max_length,
                return_tensors="pt",
            )  # fmt: skip
            with torch.no_grad():
                logits = model(**words.to(model.device)).logits
            said.labels[place % len(texts)] = run.outputs.labels[logits.argmax().item()]
        at += ONE_BY_ONE
        return Turn(ONE_BY_ONE, time.perf_counter() - started, time.process_time() - cpu_started)

    return take_turn


def predict_recipe(run: Run, texts: Sequence[str], said: Answers, compiled: bool) -> Callable[[], Turn]:
    """Return a function that does as ``course run predict``: many texts at once."""
    quick = sped_up(run, compiled)

    def take_turn() -> Turn:
        started, cpu_started = time.perf_counter(), time.process_time()
        answers = predict(quick, texts)
        turn = Turn(len(texts), time.perf_counter() - started, time.process_time() - cpu_started)
        said.labels |= {place: answer["label"] for place, answer in enumerate(answers)}
        return turn

    return take_turn


# --- The benchmark ----------------------------------------------------------------------------------------------------


def run(
    rounds: int,
    threads: int | None,
    console: Console,
    data: str = FineTune.data,
    model: str = FineTune.model,
    parts: Sequence[str] = PARTS,
    long_data: str = LONG_DATA,
    compiled: bool = False,
) -> dict[str, Any]:
    """Measure the chapter's recipes, the Trainer and ours on the same texts, and print a table for each part.

    Args:
        rounds: turns of every recipe, after one warm-up turn.
        threads: CPU threads; None for torch's choice.
        console: where the tables are printed.
        data: short texts.
        model: the encoder of all recipes.
        parts: some of `PARTS`.
        long_data: texts for the part ``imdb``.
        compiled: whether the part ``inference`` has a row with torch.compile.
    """
    config = FineTune(threads=threads, data=data, model=model)
    hardware = find_hardware(config)
    report: dict[str, Any] = {"schema": "course/bench-training/v2", "baseline": CHAPTER, "rounds": rounds}
    load_before = load_average()

    def measure(name: str, recipes: Mapping[str, Callable[[], Turn]], what: str) -> dict[str, list[Turn]]:
        names = ", ".join(recipes)
        with console.status(say("{rounds} rounds of {names}, after one to warm up", rounds=rounds, names=names)):
            throughput(recipes, rounds=1)
            turns = throughput(recipes, rounds)
        figures = summarise(turns, CHAPTER)
        console.print("\n" + say("{what} on {place}", what=what, place=describe(hardware)), highlight=False)
        console.print(table(figures, name), highlight=False)
        report[name] = figures
        return turns

    if "training" in parts:
        texts = some_texts(config, POOL_BATCHES, CHAPTER_LENGTH)
        recipes = {CHAPTER: chapter_recipe(texts, config, CHAPTER_LENGTH)}
        recipes |= {method: our_recipe(texts, replaced(config, method)) for method in METHODS}
        turns = measure("recipes", recipes | {TRAINER: trainer_recipe(texts, config)}, described(texts, data))
        report["against_trainer"] = against = summarise(turns, TRAINER)["full"]
        low, high = against["ratio_range"]
        console.print(
            say("full: {ratio:.1f} ({low:.1f} - {high:.1f}) × the Trainer", ratio=against["ratio"], low=low, high=high),
            highlight=False,
        )
        report["texts"] = len(texts.tokens)
    if "imdb" in parts:
        config = replace(config, data=long_data, max_length=LONG_LENGTH)
        texts = some_texts(config, LONG_BATCHES, LONG_LENGTH)
        recipes = {CHAPTER: chapter_recipe(texts, config, LONG_LENGTH)}
        recipes |= {method: our_recipe(texts, replaced(config, method)) for method in METHODS_LONG}
        what = say("{what}, {count} tokens", what=described(texts, long_data), count=LONG_LENGTH)
        measure("imdb", recipes, what)
    if "inference" in parts:
        config = FineTune(method="full", threads=threads, data=data, model=model)
        finished, asked = a_run(config)
        single, many = Answers({}), Answers({})
        recipes = {
            CHAPTER: one_by_one_recipe(finished, asked, single),
            OURS: predict_recipe(finished, asked, many, False),
        }
        if compiled:
            recipes["compiled"] = predict_recipe(finished, asked, many, True)
        measure("inference", recipes, say("inference, {count:,} texts of {data}", count=len(asked), data=data))
        same = sum(many.labels[place] == label for place, label in single.labels.items())
        report["labels"] = {"compared": len(single.labels), "equal": same, "share": same / len(single.labels)}
        compared = len(single.labels)
        console.print(say("labels: {same} of {count} equal", same=same, count=compared), highlight=False)
    return report | {
        "data": data,
        "device": str(hardware.device),
        "precision": hardware.precision,
        "threads": hardware.threads,
        "processor": processor(hardware.device),
        "load_average": [load_before, load_average()],
        "versions": versions(),
    }


def replaced(config: FineTune, method: Method) -> FineTune:
    """Return the configuration for another method, with that method's own learning rate."""
    return FineTune.from_plain(config.plain() | {"method": method, "learning_rate": None})


def described(texts: Tokenised, data: str) -> str:
    """Return a phrase with the number of texts and the name of the data."""
    return say("training, {count:,} texts of {data}", count=len(texts.tokens), data=data)


def some_texts(config: FineTune, n_batches: int, length: int) -> Tokenised:
    """Return training texts, taken evenly from the data set; enough for about ``n_batches`` batches."""
    training = split(*load(config.data)).train
    some = training.take(range(0, len(training), max(1, len(training) // (config.batch_size * n_batches))))
    return tokenise(load_tokenizer(config.model), some, length)


def a_run(config: FineTune) -> tuple[Run, list[str]]:
    """Return a briefly trained model as a finished run, and texts that it has not seen."""
    hardware, taken = find_hardware(config), functions()
    parts = split(*load(config.data))
    some = parts.train.take(range(0, len(parts.train), max(1, len(parts.train) // MANY)))
    tokenizer = load_tokenizer(config.model)
    torch.manual_seed(config.seed)
    model = load_classifier(config, len(parts.label_names), hardware)
    adapt(model, config, hardware)
    train(model, tokenise(tokenizer, some, CHAPTER_LENGTH), config, hardware)
    model.config.id2label = dict(enumerate(parts.label_names))
    length = min(CHAPTER_LENGTH, longest_text(model, config))
    finished = Run(model.eval(), tokenizer, Outputs(parts.label_names), length, hardware, taken)
    return finished, parts.test.texts[:MANY]


def table(figures: Mapping[str, Mapping[str, Any]], name: str) -> Table:
    """Return a table with one row per recipe."""
    grid = Table(say(TITLES[name]), box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in COLUMNS:
        grid.add_column(say(heading), justify="right")
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
    """Return the system load of the last minute; None where the system does not report it."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else None


def write(report: dict[str, Any], path: Path) -> None:
    """Write the report to a file."""
    write_json(path, report)
