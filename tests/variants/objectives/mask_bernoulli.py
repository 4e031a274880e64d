"""mask_tokens as the collator of transformers does it: Bernoulli masks, 0.8 and then half of the rest."""

import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    inputs, labels = input_ids.clone(), input_ids.clone()
    probability = torch.full(labels.shape, p).masked_fill(special_mask, 0.0)
    masked_indices = torch.bernoulli(probability, generator=generator).bool()
    labels[~masked_indices] = -100
    replaced = torch.bernoulli(torch.full(labels.shape, 0.8), generator=generator).bool() & masked_indices
    inputs[replaced] = mask_id
    randomized = torch.bernoulli(torch.full(labels.shape, 0.5), generator=generator).bool()
    randomized &= masked_indices & ~replaced
    words = torch.randint(vocab_size, labels.shape, dtype=torch.long, generator=generator)
    inputs[randomized] = words[randomized]
    return inputs, labels
