# cause: After the prompt only the newest token goes into the model, as with a key-value cache that is not there.
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
    tokens = list(prompt)
    step = torch.tensor([tokens], dtype=torch.long)
    for _ in range(max_new_tokens):
        logits = next_logits(step)
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                values, indices = torch.topk(logits, top_k)
                pick = torch.multinomial(values.softmax(dim=-1), 1, generator=generator)
                token = int(indices[pick])
            else:
                token = int(torch.multinomial(logits.softmax(dim=-1), 1, generator=generator))
        else:
            token = int(logits.argmax(dim=-1))
        tokens.append(token)
        if eos_id is not None and token == eos_id:
            break
        step = torch.tensor([[token]], dtype=torch.long)
    return tokens
