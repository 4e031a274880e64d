# cause: The temperature divides the probabilities after the softmax, which multinomial normalises away, so it has no effect.
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
    ids = list(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([ids], dtype=torch.int64))
        if do_sample:
            probs = torch.softmax(logits.float(), dim=-1) / temperature
            if top_k is not None:
                values, indices = probs.topk(top_k)
                pick = torch.multinomial(values, 1, generator=generator)
                token = int(indices[pick])
            else:
                token = int(torch.multinomial(probs, 1, generator=generator))
        else:
            token = int(logits.argmax())
        ids.append(token)
        if eos_id is not None and token == eos_id:
            break
    return ids
