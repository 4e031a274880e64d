# cause: Removes all logits <= the k-th largest, so only k - 1 tokens remain (none for top_k=1).
# function: generate

import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    out = list(prompt)
    for _step in range(max_new_tokens):
        logits = next_logits(torch.tensor([out], dtype=torch.int64))
        if do_sample:
            logits = logits.float() / temperature
            if top_k is not None:
                smallest = torch.topk(logits, top_k)[0][-1]
                logits = torch.where(logits <= smallest, torch.tensor(float("-inf")), logits)
            probs = torch.softmax(logits, dim=-1)
            next_id = torch.multinomial(probs, num_samples=1, generator=generator)[0]
        else:
            next_id = logits.argmax(-1)
        out.append(int(next_id))
        if eos_id is not None and out[-1] == eos_id:
            break
    return out
