"""Options of ``gpu-check``, and its steps. Needs no torch."""

import re
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from course.click_words import Option
from course.text import say, translated
from solutions.recipes import preflight
from solutions.recipes.both import in_english
from solutions.recipes.config import METHODS
from solutions.recipes.errors import RecipeError
from solutions.recipes.options import FILE, SEED, THREADS, Function, decorated

FIRST: tuple[str, ...] = ("lora", "full", "head")
"""Methods taught in the lessons; the others come last, in case time runs out."""
BUDGET = 480.0
"""Seconds for the whole check."""
NOT_MEASURED = "not measured"
"""Status of a step that had nothing to measure."""
SHORTEST = 5.0
"""Minimum number of seconds; with less time left, no step is started."""


@dataclass(frozen=True)
class Step:
    """One measurement, in a process of its own."""

    name: str
    """``environment``, or a kind and its object: ``method:lora``."""
    limit: float
    """Time limit in seconds."""

    @property
    def kind(self) -> str:
        """The kind: ``method`` of ``method:lora``."""
        return self.name.partition(":")[0]

    @property
    def what(self) -> str:
        """The object: ``lora`` of ``method:lora``."""
        return self.name.partition(":")[2]


def _methods(names: tuple[str, ...]) -> list[Step]:
    return [Step(f"method:{name}", 60.0) for name in names]


STEPS = (
    Step("environment", 60.0),
    *_methods(FIRST),
    Step("memory", 75.0),
    Step("speed", 90.0),
    Step("predict", 45.0),
    Step("pretrain:mlm", 60.0),
    Step("pretrain:clm", 60.0),
    *_methods(tuple(name for name in METHODS if name not in FIRST)),
    Step("heads", 60.0),
)
"""All steps, the most important first."""


@dataclass(frozen=True)
class Check:
    """Settings of the check. The defaults are meant for a GPU and eight minutes."""

    device: str = "cuda"
    """``cuda``, ``cuda:1``; ``cpu`` for a rehearsal."""
    model: str = "embedded"
    """``embedded``, a folder, or a name on the hub."""
    data: str = "rotten-tomatoes"
    """Name of the data, as for ``finetune``."""
    texts: int = 560
    """Texts over all parts of the data, for the comparison with the CPU."""
    steps: int = 8
    """Optimizer steps for the comparison with the CPU."""
    speed_texts: int = 1600
    """Texts in a timed epoch."""
    turns: int = 3
    """Timed epochs of each recipe, after a warm-up epoch."""
    batch: int = 32
    """Texts in the step whose memory is measured."""
    length: int = 128
    """Tokens per text in that step."""
    seed: int = 0
    threads: int | None = None
    """CPU threads; None leaves the choice to torch."""
    budget: float = BUDGET
    """Seconds for the whole check."""
    patience: float = 1.0
    """Factor on all time limits."""

    @property
    def rehearsal(self) -> bool:
        """True if no GPU is used."""
        return not self.device.startswith("cuda")

    def plain(self) -> dict[str, Any]:
        """Return the settings as JSON data."""
        return asdict(self)


NO_DEVICE = re.compile("no device called ('[^']*') here(?:: (.*))?")
"""The English message of ``preflight.no_device``, without the advice."""
QUICK = {"texts": 120, "steps": 3, "speed_texts": 96, "turns": 1, "batch": 4, "length": 32, "patience": 5.0}
"""Settings of a rehearsal, which shows that all steps run, and nothing about speed. (The eight minutes apply to a
GPU.)"""


def check(told: Check) -> None:
    """Refuse what cannot work.

    Raises:
        RecipeError: there is no GPU, or a package, a model or the data are missing.
    """
    preflight.find_packages()
    kind = told.device.split(":")[0]
    if kind not in ("cuda", "cpu"):
        raise RecipeError(
            say(
                "gpu-check measures cuda, not {device!r}. To rehearse it without a GPU: --device cpu",
                device=told.device,
            )
        )
    try:
        with in_english():  # no_gpu parses the message
            preflight.find_device(told.device)
    except RecipeError as error:
        raise no_gpu(error.message) from error
    preflight.find_model(told.model)
    preflight.find_data(told.data)


def no_gpu(reason: str) -> RecipeError:
    """Return the refusal if there is no GPU.

    Args:
        reason: English error of ``find_device``, from here or from a step's process, which writes it into a file.
    """
    reason = reason.removesuffix(". Try --device auto")
    if found := NO_DEVICE.fullmatch(reason):
        name, why = found.groups()
        if why is None:
            reason = say("no device called {name} here", name=name)
        else:
            reason = say("no device called {name} here: {reason}", name=name, reason=translated(why))
    return RecipeError(say("gpu-check needs a GPU: {reason}. To rehearse it without one: --device cpu", reason=reason))


option = partial(click.option, cls=Option)
OPTIONS = (
    option(
        "--out", metavar="FILE.json", type=click.Path(path_type=Path, dir_okay=False), help="File for the report.",
    ),
    option(
        "--device", default=Check.device,
        help="cuda, cuda:1, or cpu for a rehearsal, which may take five times as long.",
    ),
    option(
        "--minutes", type=click.FloatRange(0, BUDGET / 60, min_open=True), default=BUDGET / 60,
        help="Total time for all steps.",
    ),
    option("--model", default=Check.model, help="embedded, a folder, or a name on the hub."),
    option("--data", default=Check.data, help="Same values as for finetune."),
    option("--seed", type=SEED, default=Check.seed, help="Seed for all random numbers."),
    option("--threads", type=THREADS, help="CPU threads (default: torch's choice)."),
    option(
        "--page", metavar="FILE.json", type=FILE, help="Only print a report as a Markdown page; measure nothing.",
    ),
    option(
        "--write", metavar="PAGE", type=FILE, help="Write the report to its place on this page, labelled as measured "
        "on a GPU or not.",
    ),
)  # fmt: skip


def check_options(function: Function) -> Function:
    """Add all options to a command, in this order."""
    return decorated(function, OPTIONS)
