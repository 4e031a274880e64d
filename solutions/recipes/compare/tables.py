"""The eight tables: the runs of each, and its Markdown.

A row is a setting, a cell of a row one run of it (a seed). Tables share runs: the same configuration is run once.
"""

import hashlib
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from course.text import mark, say
from solutions.recipes.compare.store import Cell, Run, Runs
from solutions.recipes.config import HEADS, LEARNING_RATES, FineTune, Method
from solutions.recipes.preflight import find_mine, source_of

NAMES = {
    "full": "full",
    "lora": "LoRA, r = 8",
    "adapter": "adapter",
    "prefix": "prefix",
    "head": mark("head alone"),
    "scratch": mark("from scratch"),
    "tfidf": "TF-IDF",
    "trainer": "Trainer",
}
"""Names of the methods in tables; `named` translates them."""
FINE_TUNED: tuple[Method, ...] = ("full", "lora", "adapter", "prefix", "head", "scratch")
CURVE = ("full", "lora", "head", "tfidf")
SIZES = (100, 500, 2000)
"""Numbers of training texts in the learning curve; the last point is all texts."""
SHORTEST = 50
"""Minimum number of optimizer steps for a run of the curve; an epoch of a hundred texts has only four."""
FACTORS = (0.1, 0.3, 1.0, 3.0)
"""Learning rates to try, relative to the recipe's own."""
BASE_HEAD = "cls"
"""The blog's baseline: a linear layer on [CLS]."""
DECAYS, REINITS = (1.0, 0.95, 0.9, 0.8), (0, 1, 2, 3)
MEASURED_METHODS: tuple[Method, ...] = ("full", "lora", "head")
MEMORY_SIZES = ((8, 128), (2, 512))
"""Texts and tokens per micro-batch."""
BAR = 0.15
"""Largest accepted difference between measured and predicted bytes."""
BERT_BASE = "bert-base shape"
"""Default model of the memory table; see memory_model.py."""
TRAINER_RATES = (2e-5, 5e-5, 1e-4)
"""Learning rates for the Trainer of transformers: its default, a smaller and a larger one."""
WITHOUT_EXERCISES = ("tfidf", "trainer")
"""Kinds of cells that use none of the exercises."""
Key = tuple[str, ...]
"""Key of a row; in a two-dimensional table, of one field."""
Found = Mapping[Key, Sequence[Run]]
"""Existing runs by row, in the order of their seeds."""


@dataclass(frozen=True)
class Asked:
    """What the command line asks of a table."""

    seeds: int = 5
    limit: int | None = None
    """Texts to keep, over all three parts; None keeps all."""
    data: str | None = None
    """Name of the data; None takes the table's own."""
    text_column: str = "text"
    label_column: str = "label"
    model: str | None = None
    device: str = "auto"
    mine: Path | None = None
    """Your workspace, or one file of it."""

    @cached_property
    def own(self) -> str:
        """Return the hash of all your exercise files, used or not; empty without ``--mine``.

        Raises:
            StudentError: a file is missing, or is not Python.
        """
        if self.mine is None:
            return ""
        files = sorted(find_mine(self.mine).items())
        return hashlib.sha256(b"".join(slug.encode() + source_of(file) for slug, file in files)).hexdigest()

    def config(self, data: str, **options: Any) -> FineTune:
        """Return a configuration with the requested settings."""
        return FineTune(
            data=self.data or data,
            text_column=self.text_column,
            label_column=self.label_column,
            model=self.model or FineTune.model,
            limit=self.limit,
            device=self.device,
            mine=self.mine,
            **options,
        )

    def classify(self, **options: Any) -> FineTune:
        """Return a configuration for classification."""
        return self.config("rotten-tomatoes", **options)

    def predict_numbers(self, **options: Any) -> FineTune:
        """Return a configuration for regression, by full fine-tuning."""
        return self.config("ratings", task="regression", method="full", **options)

    def over_seeds(self, config: FineTune, kind: str = "finetune") -> list[Cell]:
        """Return the cells of a row, one per seed. TF-IDF and the Trainer use none of the exercises."""
        own = "" if kind in WITHOUT_EXERCISES else self.own
        config = config if own else replace(config, mine=None)
        return [Cell(kind, replace(config, seed=seed), own=own) for seed in range(self.seeds)]


@dataclass(frozen=True)
class Table:
    """A table: its runs, and how to show them."""

    name: str
    title: str
    """Title of the table, to be translated."""
    about: str
    """What the table compares, and how to read it."""
    cells: Callable[[Asked], dict[Key, list[Cell]]]
    markdown: Callable[[Found], list[str]]
    """Function that returns the lines of the table, and the text below it."""
    needs: tuple[str, ...]
    """Figures of a run that the table needs. Of ``test`` and ``errors``, figures not named here are not even kept."""

    @property
    def drop(self) -> tuple[str, ...]:
        """Figures of a run to drop before it is saved."""
        return tuple(name for name in ("test", "errors") if name not in self.needs)

    def find(self, asked: Asked, runs: Runs) -> Found:
        """Return the existing runs."""
        found = {key: [runs.find(cell, self.needs) for cell in row] for key, row in self.cells(asked).items()}
        return {key: [run for run in row if run is not None] for key, row in found.items()}

    def missing(self, asked: Asked, runs: Runs) -> list[Cell]:
        """Return the missing runs: the first seed of all rows, then the second, ..."""
        rows = self.cells(asked).values()
        ordered = [row[i] for i in range(max(map(len, rows))) for row in rows if i < len(row)]
        once = {cell.key: cell for cell in ordered}
        return [cell for cell in once.values() if runs.find(cell, self.needs) is None]


# --- Numbers as tables write them -------------------------------------------------------------------------------------


def decimals(value: float, digits: int = 3) -> str:
    """Format a share or a small number: ``.823``, ``−.012``, ``1.204``.

    >>> decimals(0.8234), decimals(-0.0121), decimals(1.2)
    ('.823', '−.012', '1.200')
    """
    shown = f"{abs(value):.{digits}f}"
    shown = shown.removeprefix("0") if abs(value) < 1 else shown
    return f"−{shown}" if value < 0 and float(shown) else shown


def standard_error(values: Sequence[float]) -> float:
    """Return the standard error of the mean; NaN for fewer than two values."""
    return statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan


def with_error(values: Sequence[float]) -> str:
    """Format mean and standard error.

    >>> with_error([0.80, 0.82, 0.84, 0.82]), with_error([0.75]), with_error([])
    ('.820 ± .008', '.750', '-')
    """
    if not values:
        return "-"
    mean = decimals(statistics.fmean(values))
    return f"{mean} ± {decimals(standard_error(values))}" if len(values) > 1 else mean


def median_of(runs: Sequence[Run], name: str) -> float | None:
    """Return the median of a figure that some runs may lack."""
    values = [run[name] for run in runs if run.get(name) is not None]
    return statistics.median(values) if values else None


def size(value: float | None) -> str:
    """Format a number of bytes.

    >>> size(90_270_000), size(299_500), size(None)
    ('90.3 MB', '0.3 MB', '-')
    """
    return "-" if value is None else f"{value / 1e6:,.0f} MB" if value >= 1e8 else f"{value / 1e6:,.1f} MB"


def seconds(value: float | None) -> str:
    """Format seconds, without decimals if there are many."""
    return "-" if value is None else f"{value:,.0f} s" if value >= 10 else f"{value:.1f} s"


def named(method: str) -> str:
    """Return the name of a method in tables; most have the name of their ``--method`` value."""
    return say(NAMES[method]) if method in ("head", "scratch") else NAMES[method]


def either(words: Sequence[str]) -> str:
    """Join alternatives with "or": ``1 or 2``."""
    return say(" or ").join(words)


def rate(value: float) -> str:
    """Format a learning rate.

    >>> rate(3e-3), rate(1e-10)
    ('3e-3', '1e-10')
    """
    number, _, power = f"{value:.0e}".partition("e")
    return f"{number}e{int(power)}"


def grid(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def values(runs: Sequence[Run], part: str, name: str) -> list[float]:
    """Return one figure of the runs that have it."""
    return [run[part][name] for run in runs if "diverged" not in run]


# --- The methods ------------------------------------------------------------------------------------------------------


def cells_of_methods(asked: Asked) -> dict[Key, list[Cell]]:
    """Six training methods, and the baseline, which is deterministic and needs one run."""
    rows: dict[Key, list[Cell]] = {(name,): asked.over_seeds(asked.classify(method=name)) for name in FINE_TUNED}
    return rows | {("tfidf",): asked.over_seeds(asked.classify(), "tfidf")[:1]}


def methods(found: Found) -> list[str]:
    """Return the table of accuracies and costs."""
    rows = []
    for (name,), runs in found.items():
        if not runs:
            continue
        parameters = next((run["parameters"] for run in runs if "parameters" in run), None)
        rows.append([
            named(name),
            with_error(values(runs, "test", "accuracy")),
            str(len(runs)),
            f"{parameters['trainable']:,}" if parameters else "-",
            size(median_of(runs, "peak_memory_bytes")),
            seconds(median_of(runs, "seconds")),
            seconds(median_of(runs, "cpu_seconds")),
            size(median_of(runs, "saved_bytes")),
        ])  # fmt: skip
    head = (
        say("method"),
        say("test accuracy"),
        say("seeds"),
        say("trained"),
        say("peak memory"),
        say("training"),
        say("processor time"),
        say("saved"),
    )
    return grid(head, rows)


# --- Heads, rates by layer, reinitialised layers: predicting a number -------------------------------------------------


def cells_of_heads(asked: Asked) -> dict[Key, list[Cell]]:
    """Return the cells of all heads, the baseline first."""
    heads = (BASE_HEAD, *(head for head in HEADS if head != BASE_HEAD))
    return {(head,): asked.over_seeds(asked.predict_numbers(head=head)) for head in heads}


def cells_of_layer_decay(asked: Asked) -> dict[Key, list[Cell]]:
    """Return the cells of several layer decay factors."""
    return {(f"{decay:g}",): asked.over_seeds(asked.predict_numbers(layer_decay=decay)) for decay in DECAYS}


def cells_of_reinit(asked: Asked) -> dict[Key, list[Cell]]:
    """Return the cells of several numbers of reinitialised top layers."""
    return {(str(n),): asked.over_seeds(asked.predict_numbers(reinit=n)) for n in REINITS}


def pairs(runs: Sequence[Run], base: Sequence[Run]) -> list[tuple[Run, Run]]:
    """Return the pairs of runs with the same seed in two rows."""
    seeds = {run["config"]["seed"]: run for run in base if "diverged" not in run}
    return [
        (run, seeds[run["config"]["seed"]]) for run in runs if "diverged" not in run and run["config"]["seed"] in seeds
    ]


def interval(both: Sequence[tuple[Run, Run]]) -> tuple[float, float] | None:
    """Return a 95% interval of the difference of two RMSEs on other test texts, by exercise-7's ``paired_bootstrap``.

    Both ends are means over the seeds. The intervals of all seeds use the same resampled texts, so the mean interval is
    at least as wide as that of the mean difference.
    """
    if not both:
        return None
    import torch

    from solutions.evaluation import paired_bootstrap

    ends = []
    for run, base in both:
        own, others = torch.tensor(run["errors"]), torch.tensor(base["errors"])
        ends.append(paired_bootstrap(own, others, torch.zeros(len(own))))  # an error is a prediction of 0
    low, high = (statistics.fmean(side) for side in zip(*ends, strict=True))
    return low, high


def differences(found: Found) -> dict[Key, tuple[list[float], tuple[float, float] | None]]:
    """Return, for each row but the first, its RMSE minus that of the first row, per seed, and the interval."""
    base_key, *others = found
    both = {key: pairs(found[key], found[base_key]) for key in others}
    return {
        key: ([run["test"]["rmse"] - base["test"]["rmse"] for run, base in own], interval(own))
        for key, own in both.items()
    }


def against_the_first(column: str) -> Callable[[Found], list[str]]:
    """Return a function that makes a table of RMSEs whose first row is the baseline."""

    def markdown(found: Found) -> list[str]:
        compared, rows = differences(found), []
        base_key = next(iter(found))
        for key, runs in found.items():
            if not runs:
                continue
            difference, ends = compared.get(key, ([], None))
            rows.append([
                " ".join(key),
                with_error(values(runs, "test", "rmse")),
                str(len(runs)),
                say("baseline") if key == base_key else with_error(difference),
                say("{first} to {last}", first=decimals(ends[0]), last=decimals(ends[1])) if ends else "",
            ])  # fmt: skip
        lines = grid((say(column), "RMSE", say("seeds"), say("less the baseline"), say("95% over texts")), rows)
        some = next((run for runs in found.values() for run in runs if "test" in run), None)
        if some is not None:
            test, texts = some["test"], some["texts"]
            told = say(
                "{train:,} training texts, {test:,} test texts. Always predicting the mean has an RMSE of {rmse:.3f}.",
                train=texts["train"],
                test=texts["test"],
                rmse=test["rmse_of_mean"],
            )
            lines += ["", told]
        return lines

    return markdown


# --- Amount of data ---------------------------------------------------------------------------------------------------


def cells_of_learning_curve(asked: Asked) -> dict[Key, list[Cell]]:
    """Return the cells of each method and number of training texts."""
    rows: dict[Key, list[Cell]] = {}
    for method in CURVE:
        kind, way = ("tfidf", {}) if method == "tfidf" else ("finetune", {"method": method})
        for n in SIZES:
            if asked.limit is not None and n > 0.6 * asked.limit:  # seven tenths of the texts are for training
                continue
            steps = math.ceil(n / FineTune.batch_size)
            epochs = math.ceil(SHORTEST / steps)
            long = {"epochs": epochs, "max_steps": SHORTEST if epochs > 1 else None} if way else {}
            rows[method, f"{n:,}"] = asked.over_seeds(asked.classify(train_texts=n, **way, **long), kind)
        whole = asked.over_seeds(asked.classify(**way), kind)
        rows[method, "all"] = whole[:1] if kind == "tfidf" else whole
    return rows


def learning_curve(found: Found) -> list[str]:
    """Return the table of accuracy by method and number of texts."""
    sizes = list(dict.fromkeys(n for _, n in found))
    every = next((run["texts"]["train"] for (_, n), runs in found.items() for run in runs if n == "all"), None)
    whole = say("all ({count:,})", count=every) if every else say("all")
    columns = [whole if n == "all" else n for n in sizes]
    rows = [
        [named(method), *(with_error(values(found[method, n], "test", "accuracy")) for n in sizes)] for method in CURVE
    ]
    counted = sorted({len(runs) for (method, _), runs in found.items() if method != "tfidf"})
    told = say(
        "Seeds: {counts}, each with different texts. On all texts, TF-IDF is deterministic.",
        counts=either(list(map(str, counted))),
    )
    return [*grid((say("method"), *columns), rows), "", told]


# --- Learning rates ---------------------------------------------------------------------------------------------------


def cells_of_learning_rates(asked: Asked) -> dict[Key, list[Cell]]:
    """Return the cells of four learning rates per method, around the recipe's own."""
    return {
        (method, rate(rated := _one_digit(factor * LEARNING_RATES[method]))): asked.over_seeds(
            asked.classify(method=method, learning_rate=rated)
        )
        for method in FINE_TUNED
        for factor in FACTORS
    }


def _one_digit(value: float) -> float:
    """Round to one significant digit: 9e-4 and not 9.000000000000001e-4."""
    return float(rate(value))


def learning_rates(found: Found) -> list[str]:
    """Return the table of validation accuracies; the best of a method is bold, and the recipe's own is marked."""
    rows = []
    for method in FINE_TUNED:
        own = {key[1]: runs for key, runs in found.items() if key[0] == method and runs}
        means = {name: statistics.fmean(some) for name, runs in own.items() if (some := _validation(runs))}
        best = max(means, key=means.__getitem__, default=None)
        line = [named(method)]
        for name in (key[1] for key in found if key[0] == method):
            if name not in own:
                line.append("-")
                continue
            shown = with_error(_validation(own[name])) if name in means else say("diverged")
            called = say("{rate} (own)", rate=name) if name == rate(LEARNING_RATES[method]) else name
            line.append(f"{called}: **{shown}**" if name == best else f"{called}: {shown}")
        if own:
            rows.append(line)
    seeds = max((len(runs) for runs in found.values()), default=0)
    n = next((run["validation"]["n"] for runs in found.values() for run in runs if "validation" in run), None)
    lines = grid((say("method"), say("rate: validation accuracy"), "", "", ""), rows)
    if n is not None:
        told = say(
            ("Seeds: {seeds}. With {count:,} validation texts, chance alone moves an accuracy near .800 by {error}."),
            seeds=seeds,
            count=n,
            error=decimals(math.sqrt(0.8 * 0.2 / n)),
        )
        lines += ["", told]
    return lines


def _validation(runs: Sequence[Run]) -> list[float]:
    return values(runs, "validation", "accuracy")


# --- The Trainer ------------------------------------------------------------------------------------------------------


def cells_of_trainer(asked: Asked) -> dict[Key, list[Cell]]:
    """Return the cells of our recipe, and of the Trainer of transformers with several learning rates."""
    own = asked.over_seeds(asked.classify(method="full"))
    others = {
        ("trainer", rate(one)): asked.over_seeds(asked.classify(method="full", learning_rate=one), "trainer")
        for one in TRAINER_RATES
    }
    return {("full", rate(LEARNING_RATES["full"])): own, **others}


def trainer(found: Found) -> list[str]:
    """Return the table of accuracies; of the Trainer, only the rate chosen on validation texts has a test accuracy."""
    (own_key, own), *others = found.items()
    means = {key: statistics.fmean(some) for key, runs in others if (some := _validation(runs))}
    chosen = max(means, key=means.__getitem__, default=None)
    rows = []
    for key, runs in found.items():
        if runs:
            test = with_error(values(runs, "test", "accuracy")) if key in (own_key, chosen) else "-"
            name = say("our recipe, full") if key == own_key else NAMES["trainer"]
            rows.append([name, key[1], str(len(runs)), with_error(_validation(runs)), test])
    head = (say("recipe"), say("learning rate"), say("seeds"), say("validation accuracy"), say("test accuracy"))
    lines = grid(head, rows)
    if chosen is not None and own:
        ours, theirs = (values(runs, "test", "accuracy") for runs in (own, found[chosen]))
        difference = decimals(statistics.fmean(ours) - statistics.fmean(theirs))
        if min(len(ours), len(theirs)) > 1:
            difference += f" ± {decimals(math.hypot(standard_error(ours), standard_error(theirs)))}"
        told = say(
            "Test accuracy of our recipe less that of the Trainer at {rate}: {difference}.",
            rate=chosen[1],
            difference=difference,
        )
        lines += ["", told]
    return lines


# --- Memory -----------------------------------------------------------------------------------------------------------


def cells_of_memory(asked: Asked) -> dict[Key, list[Cell]]:
    """Return the cells of three methods, with and without checkpointing."""
    model, device = asked.model or BERT_BASE, asked.device
    return {
        (method, f"{batch} × {seq}", "yes" if checkpointing else "no"): [
            Cell(
                "memory",
                FineTune(method=method, model=model, batch_size=batch, max_length=seq, device=device, mine=asked.mine),
                checkpointing,
                asked.own,
            )
        ]
        for batch, seq in MEMORY_SIZES
        for method in MEASURED_METHODS
        for checkpointing in (False, True)
    }


def memory(found: Found) -> list[str]:
    """Return the table of predicted and measured bytes."""
    rows, outside, n = [], 0, 0
    for (method, shape, checkpointing), runs in found.items():
        for run in runs[:1]:
            wanted, measured = run["predicted"]["total"], run["measured_bytes"]
            off = measured / wanted - 1
            n, outside = n + 1, outside + (abs(off) > BAR)
            shown = f"{100 * off:+.1f}%".replace("-", "−")
            word = say("yes") if checkpointing == "yes" else say("no")
            rows.append([named(method), shape, word, *map(size, (run["formula_bytes"], wanted, measured)), shown])
    head = (
        say("method"),
        say("texts × tokens"),
        say("checkpointing"),
        say("exercise 10"),
        say("with buffers"),
        say("measured"),
        say("difference"),
    )
    kept = say("{count} of {all} are within {percent:.0f}%.", count=n - outside, all=n, percent=100 * BAR)
    return [*grid(head, rows), "", kept]


TABLES = {
    table.name: table
    for table in (
        Table(
            "methods",
            mark("Methods"),
            mark(
                "Which parameters are trained, the accuracy on unseen texts, and the cost: one epoch, with the "
                "recipe's defaults for everything else. ± is the standard error over the seeds. Peak memory is the "
                "memory that the process uses during training, beyond what it used before data and model were "
                "loaded. Saved is the size of the saved weights. TF-IDF is logistic regression on words and word "
                "pairs (scikit-learn); it involves no randomness, so one run is enough."
            ),
            cells_of_methods,
            methods,
            ("test", "parameters"),
        ),
        Table(
            "heads",
            mark("Heads"),
            mark(
                "Heads on top of the hidden states, with full fine-tuning for one epoch; the target is a number. "
                "The difference is taken seed by seed and is below 0 where the head is better than the baseline; ± "
                "is its standard error over the seeds. The interval comes from the paired bootstrap over the test "
                "texts, averaged over the seeds."
            ),
            cells_of_heads,
            against_the_first(mark("head")),
            ("test", "errors"),
        ),
        Table(
            "layer-decay",
            mark("Learning rates by layer"),
            mark(
                "The factor by which the learning rate is multiplied from each layer to the layer below; 1 means the "
                "same rate for all. Read it like the table of heads."
            ),
            cells_of_layer_decay,
            against_the_first(mark("factor")),
            ("test", "errors"),
        ),
        Table(
            "reinit",
            mark("Re-initialised layers"),
            mark(
                "How many of the encoder's top layers are re-initialised before training. Read it like the table of "
                "heads."
            ),
            cells_of_reinit,
            against_the_first(mark("layers")),
            ("test", "errors"),
        ),
        Table(
            "learning-curve",
            mark("How much data"),
            mark(
                "Test accuracy by number of training texts; the test texts are always the same. Training takes "
                "{shortest} steps, or one epoch where that is longer."
            ),
            cells_of_learning_curve,
            learning_curve,
            ("test",),
        ),
        Table(
            "learning-rates",
            mark("Learning rates"),
            mark(
                "Peak learning rates around the recipe's own, for one epoch. Only the validation texts are used: "
                "the test accuracies of these runs are not even recorded. The best rate of each method is in bold."
            ),
            cells_of_learning_rates,
            learning_rates,
            ("validation",),
        ),
        Table(
            "trainer",
            mark("The Trainer of transformers"),
            mark(
                "Full fine-tuning for one epoch with our recipe and with the Trainer: the same encoder, texts, split "
                "and batch size, all other settings of the Trainer at their defaults, texts of similar length in a "
                "batch. The Trainer's learning rate is chosen on the validation texts; the test accuracy of its other "
                "rates is not shown. ± is the standard error over the seeds."
            ),
            cells_of_trainer,
            trainer,
            ("test", "validation"),
        ),
        Table(
            "memory",
            mark("Memory"),
            mark(
                "The memory model of exercise 10 (`training_memory`) against the bytes that a training "
                "step takes: BERT-base's shape in float32 with AdamW, plain attention, dropout, "
                "gradients kept. With checkpointing, the model counts the inputs of all layers and the "
                "activations of one. The fifth column adds the short-lived buffers of one layer, which "
                "exercise 10 leaves out; with a frozen body, which stores nothing, they dominate. The "
                "last column is the difference between the measured bytes and the fifth column."
            ),
            cells_of_memory,
            memory,
            ("measured_bytes", "formula_bytes"),
        ),
    )
}
"""All tables by name."""
