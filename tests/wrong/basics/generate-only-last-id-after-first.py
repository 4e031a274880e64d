# cause: optimised too early: after the prompt only the newest id is given to the model, as one does with a key-value cache, but this model has none
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
    """Autoregressive decoding; the prompt is processed once, then one id per step."""
    ids = list(prompt)
    step_input = torch.tensor([ids], dtype=torch.long)
    with torch.no_grad():
        for _ in range(max_new_tokens):
            logits = next_logits(step_input)
            if do_sample:
                logits = logits / temperature
                if top_k is None:
                    token = int(torch.multinomial(logits.softmax(-1), 1, generator=generator))
                else:
                    values, indices = logits.topk(top_k)
                    token = int(indices[torch.multinomial(values.softmax(-1), 1, generator=generator)])
            else:
                token = int(logits.argmax())
            ids.append(token)
            if eos_id is not None and token == eos_id:
                break
            step_input = torch.tensor([[token]], dtype=torch.long)  # no need to read the prefix again
    return ids
