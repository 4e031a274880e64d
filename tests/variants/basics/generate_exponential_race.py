"""generate: samples by an exponential race (the Gumbel trick) instead of multinomial, in an endless generator
that is sliced.
"""

from collections.abc import Callable, Iterator
from itertools import islice

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
    def draw(logits: Tensor) -> int:
        if not do_sample:
            return int(logits.argmax())
        best = logits.topk(len(logits) if top_k is None else top_k)
        device = "cpu" if generator is None else generator.device
        clocks = torch.empty(len(best.values), dtype=torch.float64, device=device)
        clocks.exponential_(generator=generator)
        race = best.values.double() / temperature - clocks.to(best.values.device).log()
        return int(best.indices[race.argmax()])

    def write() -> Iterator[int]:
        text = list(prompt)
        while True:
            text.append(draw(next_logits(torch.tensor(text, dtype=torch.int64)[None]).detach()))
            yield text[-1]
            if eos_id is not None and text[-1] == eos_id:
                return

    return [*prompt, *islice(write(), max_new_tokens)]
