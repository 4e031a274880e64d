# cause: The temperature divides the probabilities, not the logits; multinomial normalises its weights, so it has no effect at all.
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
    ids = torch.tensor([prompt], dtype=torch.long)
    for _ in range(max_new_tokens):
        logits = next_logits(ids)
        if not do_sample:
            token = logits.argmax()
        else:
            if top_k is not None:
                keep = torch.topk(logits, top_k).indices
                masked = torch.full_like(logits, float("-inf"))
                masked[keep] = logits[keep]
                logits = masked
            weights = torch.softmax(logits, dim=-1) / temperature
            token = torch.multinomial(weights, num_samples=1, generator=generator)
        ids = torch.cat([ids, token.reshape(1, 1)], dim=1)
        if eos_id is not None and int(token) == eos_id:
            break
    return ids[0].tolist()
