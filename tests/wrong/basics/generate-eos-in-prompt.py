# cause: Checks whether eos_id occurs anywhere in the ids so far, so an end token in the prompt ends the generation at once.
# function: generate

import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    result = list(prompt)
    for _ in range(max_new_tokens):
        if eos_id is not None and eos_id in result:
            break
        logits = next_logits(torch.tensor([result], dtype=torch.long))
        if do_sample:
            probs = torch.softmax(logits / temperature, dim=-1)
            if top_k is not None:
                keep = torch.zeros_like(probs)
                keep[torch.topk(probs, top_k).indices] = 1.0
                probs = probs * keep
                probs = probs / probs.sum()
            token = torch.multinomial(probs, 1, generator=generator).item()
        else:
            token = int(torch.argmax(logits))
        result.append(token)
    return result
