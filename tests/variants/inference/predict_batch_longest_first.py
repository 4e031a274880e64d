"""predict_batch: tokenizes one by one, sorts by length (longest first), pads by hand, and puts the answers back
through a dictionary.
"""

from collections.abc import Sequence
from typing import Any

import torch


def predict_batch(
    texts: Sequence[str], model: Any, tokenizer: Any, batch_size: int = 32, max_length: int = 128
) -> list[tuple[str, float]]:
    rows = [tokenizer(text, truncation=True, max_length=max_length)["input_ids"] for text in texts]
    queue = sorted(range(len(rows)), key=lambda place: len(rows[place]), reverse=True)
    modes = [(module, module.training) for module in model.modules()]
    left = getattr(tokenizer, "padding_side", "right") == "left"

    def pad(row: list[int], fill: int, width: int) -> list[int]:
        rest = [fill] * (width - len(row))
        return rest + row if left else row + rest

    @torch.no_grad()
    def ask(places: list[int]) -> list[tuple[str, float]]:
        width = len(rows[places[0]])
        ids = [pad(list(rows[place]), tokenizer.pad_token_id, width) for place in places]
        real = [pad([1] * len(rows[place]), 0, width) for place in places]
        device = model.device
        output = model(input_ids=torch.tensor(ids, device=device), attention_mask=torch.tensor(real, device=device))
        chances, winners = output.logits.double().softmax(dim=-1).max(dim=-1)
        return list(zip(map(model.config.id2label.__getitem__, winners.tolist()), chances.tolist(), strict=False))

    answers: dict[int, tuple[str, float]] = {}
    model.eval()
    try:
        while queue:
            places, queue = queue[:batch_size], queue[batch_size:]
            answers |= zip(places, ask(places), strict=False)
    finally:
        for module, mode in modes:
            module.training = mode
    return [answers[place] for place in range(len(rows))]
