# cause: the state of the generator is put back after every call, so the next call repeats the same draw
# function: mask_tokens
import contextlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
import torch
from torch import Tensor

IGNORED = -100


@dataclass(frozen=True)
class Dice:
    shape: torch.Size
    generator: torch.Generator

    def uniform(self) -> Tensor:
        return torch.rand(self.shape, generator=self.generator)

    def token(self, vocab_size: int) -> Tensor:
        return torch.randint(vocab_size, self.shape, generator=self.generator)


@contextlib.contextmanager
def dice(shape: torch.Size, generator: torch.Generator | None) -> Iterator[Dice]:
    source = torch.default_generator if generator is None else generator
    state = source.get_state()
    try:
        yield Dice(shape, source)
    finally:
        source.set_state(state)


CASES: tuple[tuple[float, float, str], ...] = ((0.0, 0.8, "mask"), (0.8, 0.9, "random"))


def mask_tokens(
    input_ids: Tensor,
    special_mask: Tensor,
    mask_id: int,
    vocab_size: int,
    p: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    with dice(input_ids.shape, generator) as draw:
        selected = (draw.uniform() < p) & ~special_mask
        case = draw.uniform()
        replacements = {"mask": torch.full_like(input_ids, mask_id), "random": draw.token(vocab_size)}
    corrupted = input_ids.clone()
    for low, high, name in CASES:
        corrupted = torch.where(selected & (low <= case) & (case < high), replacements[name], corrupted)
    return (corrupted, input_ids.masked_fill(~selected, IGNORED))
