# cause: the logits outside the top k are set to 0 instead of -inf, so these tokens can still be drawn
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
        logits = next_logits(torch.tensor([ids]))
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                values, indices = torch.topk(logits, top_k)
                filtered = torch.zeros_like(logits)
                logits = filtered.scatter(0, indices, values)
            probs = torch.softmax(logits, dim=-1)
            token = int(torch.multinomial(probs, 1, generator=generator))
        else:
            token = int(torch.argmax(logits))
        ids.append(token)
        if eos_id is not None and token == eos_id:
            break
    return ids
