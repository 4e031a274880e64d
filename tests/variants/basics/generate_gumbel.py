"""generate by the Gumbel trick in float64: the largest of logits plus noise; returns a (1, T) tensor."""

import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = torch.tensor([prompt])
    for _ in range(max_new_tokens):
        scores = next_logits(ids).double()
        if do_sample:
            scores = scores / temperature
            if top_k is not None:
                scores[scores < scores.sort(descending=True).values[top_k - 1]] = -torch.inf
            uniform = torch.rand(scores.shape, generator=generator, dtype=torch.float64)
            scores = scores - (-uniform.log()).log()
        ids = torch.cat([ids, scores.argmax().view(1, 1)], dim=1)
        if ids[0, -1] == eos_id:
            break
    return ids
