# cause: The probabilities are divided by the temperature after the softmax, which the sampler normalises away again.
# function: generate

import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = list(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([ids], dtype=torch.long))
        if not do_sample:
            token = logits.argmax().item()
        else:
            probs = torch.softmax(logits, dim=-1) / temperature
            if top_k is not None:
                kept, where = probs.topk(top_k)
                probs = torch.zeros_like(probs).scatter(0, where, kept)
            probs = probs / probs.sum()
            token = torch.multinomial(probs, 1, generator=generator).item()
        ids.append(token)
        if eos_id is not None and token == eos_id:
            break
    return ids
