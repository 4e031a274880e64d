# cause: The loop stops before the end token is appended, so the text comes back without it; and: the new tokens are appended to the caller's own list.
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
    ids = prompt
    for step in range(max_new_tokens):
        scores = next_logits(torch.as_tensor(ids).reshape(1, -1))
        if do_sample:
            scores = scores / temperature
            if top_k is not None:
                order = scores.argsort(descending=True)
                scores = scores.clone()
                scores[order[top_k:]] = -torch.inf
            nxt = torch.multinomial(torch.softmax(scores, 0), 1, generator=generator).item()
        else:
            nxt = torch.argmax(scores).item()
        if nxt == eos_id:
            return ids
        ids.append(nxt)
    return ids
