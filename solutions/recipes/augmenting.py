"""Training texts that are a little different in every epoch, by the functions of exercise-9."""

import random
from typing import Any

import torch
from torch import Tensor

from solutions.recipes.config import FineTune
from solutions.recipes.functions import Functions
from solutions.recipes.hardware import sent
from solutions.recipes.preflight import find_lexicon

ON_TEXTS = ("deletion", "swap", "insertion", "synonyms")
"""Operations on words; mixup works on features."""
MIXUP_ALPHA = 0.4
"""Parameter of the Beta distribution from which a text's own share in a mixture is drawn."""


def augment(texts: list[str], config: FineTune, epoch: int, taken: Functions) -> list[str]:
    """Return the texts of an epoch. The same seed and epoch give the same texts.

    One of the chosen operations is drawn for each text and changes about ``augment_share`` of its words.
    """
    wanted = [name for name in ON_TEXTS if name in config.augment]
    if not wanted:
        return texts
    rng = random.Random(f"{config.seed} {epoch}")
    lexicon = find_lexicon(config.lexicon) if config.lexicon else {}
    functions, share = taken.augmentation, config.augment_share

    def changed(text: str) -> str:
        words = text.split()
        n = max(1, round(share * len(words)))
        match rng.choice(wanted):
            case "deletion":
                words = functions.random_deletion(words, share, rng)
            case "swap":
                words = functions.random_swap(words, n, rng)
            case "insertion":
                words = functions.random_insertion(words, n, lexicon, rng)
            case _:
                words = functions.synonym_replacement(words, n, lexicon, rng)
        return " ".join(words)

    return [changed(text) for text in texts]


def mixing(taken: Functions) -> Any:
    """Return a function that mixes the texts of a batch, using torch's global generator (kept in checkpoints)."""

    def mix(features: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        a, b = torch._standard_gamma(torch.full((2,), MIXUP_ALPHA)).tolist()
        partner = sent(torch.randperm(len(features)), features.device)
        return taken.augmentation.mixup(features, targets, lam=a / (a + b) if a + b else 0.5, perm=partner)

    return mix
