# cause: Multiplies the logits by the temperature instead of dividing.
# function: generate

import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = list(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([ids], dtype=torch.long))
        if do_sample:
            logits = logits * temperature
            if top_k is not None:
                kth = torch.topk(logits, top_k).values[-1]
                logits = logits.masked_fill(logits < kth, float("-inf"))
            token = torch.multinomial(logits.softmax(-1), 1, generator=generator).item()
        else:
            token = logits.argmax().item()
        ids.append(token)
        if eos_id is not None and token == eos_id:
            break
    return ids
