# cause: all numbers are drawn from a copy of the caller's generator, which itself never advances
# function: mask_tokens
from __future__ import annotations

from torch import Tensor
import torch


IGNORED = -100


class Dice:
    """All random tensors of one corruption, from one source."""

    def __init__(self, generator: torch.Generator | None, shape: torch.Size):
        self.shape = shape
        self.source = None
        if generator is not None:
            self.source = torch.Generator(device=generator.device)
            self.source.set_state(generator.get_state())

    def uniform(self) -> Tensor:
        return torch.rand(self.shape, generator=self.source)

    def below(self, n: int) -> Tensor:
        return torch.randint(n, self.shape, generator=self.source)


def mask_tokens(
    input_ids: Tensor,
    special_mask: Tensor,
    mask_id: int,
    vocab_size: int,
    p: float = 0.15,
    generator: torch.Generator | None = None,
) -> tuple[Tensor, Tensor]:
    """Corrupt a text for masked language modelling, and return the labels to predict.

    Every ordinary token is SELECTED with probability p, independently of all others. The selected tokens are predicted.
    A second random draw decides between three cases:

    - with probability 0.8 the token becomes [MASK],
    - with probability 0.1 it becomes a random token, any of the V ids with the same probability (the token itself
      included; you may leave out the special ones),
    - with probability 0.1 it stays unchanged, but is still predicted.

    So with p = 0.15 the model sees a [MASK] at 12% of the positions. The other two cases keep it from trusting every
    token that is not [MASK]: in fine-tuning there is no [MASK].

    Args:
        input_ids: (B, T) int64
        special_mask: (B, T) bool, True at [CLS], [SEP] and [PAD], which are neither selected nor changed.
        mask_id: id of [MASK].
        vocab_size: V; ids run from 0 to V - 1.
        p: share of the ordinary tokens that is selected; 0 selects none, 1 all.
        generator: source of all random numbers, so equal seeds give equal results, and each call with the same
            generator makes a new draw. None means torch's global generator.

    Returns:
        The corrupted ids and the labels, both (B, T) int64. A label is the ORIGINAL id where a token was selected, and
        -100 (``IGNORED``) everywhere else.

    >>> ids = torch.tensor([[101, 7, 8, 9, 102]])
    >>> special = torch.tensor([[True, False, False, False, True]])
    >>> corrupted, labels = mask_tokens(ids, special, mask_id=103, vocab_size=200, p=1.0)
    >>> labels.tolist(), int(corrupted[0, 0]), int(corrupted[0, -1])
    ([[-100, 7, 8, 9, -100]], 101, 102)
    """
    dice = Dice(generator, input_ids.shape)
    selected = (dice.uniform() < p) & ~special_mask
    case, noise = dice.uniform(), dice.below(vocab_size)
    becomes = {
        mask_id: selected & (case < 0.8),
        None: selected & (case >= 0.8) & (case < 0.9),
    }
    corrupted = input_ids
    for value, where in becomes.items():
        corrupted = torch.where(where, noise if value is None else torch.full_like(input_ids, value), corrupted)
    return corrupted, torch.where(selected, input_ids, torch.full_like(input_ids, IGNORED))
