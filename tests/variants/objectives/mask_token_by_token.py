"""mask_tokens in plain Python lists, one token at a time; a random.Random is seeded from the generator."""

import random

import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    dice = random.Random(int(torch.randint(2**62, (), generator=generator)))
    all_ids, all_labels = [], []
    for row, specials in zip(input_ids.tolist(), special_mask.tolist(), strict=True):
        ids, labels = [], []
        for token, special in zip(row, specials, strict=True):
            label, shown = -100, token
            if not special and dice.random() < p:
                label, fate = token, dice.randrange(10)
                if fate < 8:
                    shown = mask_id
                elif fate == 8:
                    shown = dice.randrange(vocab_size)
            ids.append(shown)
            labels.append(label)
        all_ids.append(ids)
        all_labels.append(labels)
    return torch.tensor(all_ids), torch.tensor(all_labels)
