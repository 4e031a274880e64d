# cause: A repetition penalty of 1.2 is left in
# function: generate
from collections.abc import Callable
import torch
import torch.nn.functional as F
from torch import Tensor


def top_k_filtering(logits, top_k=0, filter_value=-float("inf")):
    if top_k > 0:
        top_k = min(top_k, logits.size(-1))  # Safety check
        indices_to_remove = logits < torch.topk(logits, top_k)[0][..., -1, None]
        logits[indices_to_remove] = filter_value
    return logits


def sample_sequence(
    model, length, context, temperature, top_k, repetition_penalty=1.2, eos=None, sample=True, rng=None
):
    generated = torch.tensor(context, dtype=torch.long).unsqueeze(0)
    with torch.no_grad():
        for _ in range(length):
            next_token_logits = model(generated) / (temperature if sample else 1.0)

            # repetition penalty from CTRL (https://arxiv.org/abs/1909.05858)
            for token in set(generated[0].tolist()):
                next_token_logits[token] /= repetition_penalty

            if sample:
                filtered_logits = top_k_filtering(next_token_logits, top_k=top_k)
                probs = F.softmax(filtered_logits, dim=-1)
                next_token = torch.multinomial(probs, num_samples=1, generator=rng)
            else:
                next_token = torch.argmax(next_token_logits, dim=-1, keepdim=True)
            generated = torch.cat((generated, next_token.unsqueeze(0)), dim=1)
            if eos is not None and next_token.item() == eos:
                break
    return generated


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
    out = sample_sequence(
        next_logits,
        max_new_tokens,
        prompt,
        temperature=temperature,
        top_k=top_k if top_k is not None else 0,
        eos=eos_id,
        sample=do_sample,
        rng=generator,
    )
    return out[0].tolist()
