"""mask_tokens whose random draw leaves out the first five ids, which are special."""

import torch


def mask_tokens(input_ids, special_mask, mask_id, vocab_size, p=0.15, generator=None):
    places = (~special_mask).nonzero()
    places = places[torch.rand(len(places), generator=generator) < p]
    corrupted = input_ids.clone()
    labels = input_ids.new_full(input_ids.shape, -100)
    rows, columns = places.unbind(1)
    labels[rows, columns] = input_ids[rows, columns]
    fate = torch.multinomial(torch.tensor([0.8, 0.1, 0.1]), max(1, len(places)), True, generator=generator)[
        : len(places)
    ]
    corrupted[rows[fate == 0], columns[fate == 0]] = mask_id
    rows, columns = rows[fate == 1], columns[fate == 1]
    step = torch.randint(vocab_size - 5, rows.shape, generator=generator)
    corrupted[rows, columns] = 5 + (input_ids[rows, columns] - 5 + step) % (vocab_size - 5)
    return [corrupted, labels]
