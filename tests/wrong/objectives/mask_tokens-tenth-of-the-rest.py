# cause: Random tokens are drawn with probability 0.1 among the selected tokens that are not masked, which is 2 % of the selected ones instead of 10 %.
# function: mask_tokens

import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    inputs = input_ids.clone()
    labels = input_ids.clone()
    probability_matrix = torch.full(labels.shape, float(p))
    probability_matrix.masked_fill_(special_mask, value=0.0)
    masked_indices = torch.bernoulli(probability_matrix, generator=generator).bool()
    labels[~masked_indices] = -100

    # 80% of the time, we replace masked input tokens with [MASK]
    indices_replaced = torch.bernoulli(torch.full(labels.shape, 0.8), generator=generator).bool() & masked_indices
    inputs[indices_replaced] = mask_id

    # 10% of the time, we replace masked input tokens with a random word
    indices_random = (
        torch.bernoulli(torch.full(labels.shape, 0.1), generator=generator).bool() & masked_indices & ~indices_replaced
    )
    random_words = torch.randint(vocab_size, labels.shape, dtype=torch.long, generator=generator)
    inputs[indices_random] = random_words[indices_random]
    return inputs, labels
