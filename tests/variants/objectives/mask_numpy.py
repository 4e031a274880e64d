"""mask_tokens in numpy, with a numpy generator that is seeded from torch's; the answers are numpy arrays."""

import numpy as np
import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    dice = np.random.default_rng(torch.randint(2**31, (2,), generator=generator).tolist())
    ids = input_ids.numpy()
    selected = ~special_mask.numpy() & (dice.random(ids.shape) < p)
    fate = dice.choice(3, size=ids.shape, p=[0.8, 0.1, 0.1])
    shown = np.choose(fate, [np.full_like(ids, mask_id), dice.integers(0, vocab_size, ids.shape), ids])
    return np.where(selected, shown, ids), np.where(selected, ids, -100)
