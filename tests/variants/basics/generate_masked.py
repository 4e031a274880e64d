"""generate masks logits with -inf, writes into one buffer of 32-bit ids, and returns a list of one-element tensors."""

import torch


@torch.inference_mode()
def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    row = torch.empty((1, len(prompt) + max_new_tokens), dtype=torch.int32)
    row[0, : len(prompt)] = torch.as_tensor(prompt, dtype=torch.int32)
    length = len(prompt)
    while length < row.shape[1]:
        logits = next_logits(row[:, :length])
        if do_sample:
            logits /= temperature
            if top_k:
                best = logits.topk(top_k).indices
                logits = torch.full_like(logits, float("-inf")).index_copy(0, best, logits[best])
            row[0, length] = torch.softmax(logits, 0).multinomial(1, replacement=True, generator=generator)[0]
        else:
            row[0, length] = torch.max(logits, 0).indices
        length += 1
        if int(row[0, length - 1]) == eos_id:
            break
    return list(row[0, :length])
