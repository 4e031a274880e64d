# cause: Every call draws from a fresh generator with the seed of the given one, so two calls with the same generator write the same text.
# function: generate
from collections.abc import Callable

import torch
from torch import Tensor


def generate(
    next_logits: Callable[[Tensor], Tensor],
    prompt: list[int],
    max_new_tokens: int,
    eos_id: int | None = None,
    do_sample: bool = False,
    temperature: float = 1.0,
    top_k: int | None = None,
    generator: torch.Generator | None = None,
) -> list[int]:
    own = None
    if generator is not None:
        own = torch.Generator(device=generator.device)
        own.manual_seed(generator.initial_seed())
    ids = list(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([ids], dtype=torch.long))
        if not do_sample:
            token = int(logits.argmax())
        else:
            scaled = logits / temperature
            if top_k is None:
                token = int(torch.multinomial(scaled.softmax(dim=-1), 1, generator=own))
            else:
                values, candidates = scaled.topk(top_k)
                token = int(candidates[torch.multinomial(values.softmax(dim=-1), 1, generator=own)])
        ids.append(token)
        if eos_id is not None and token == eos_id:
            break
    return ids
