# cause: Generation stops as soon as the end token is anywhere in the ids, one in the prompt included.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = list(prompt)
    n = 0
    while n < max_new_tokens and eos_id not in ids:
        logits = next_logits(torch.LongTensor([ids]))
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                kth = torch.topk(logits, top_k).values[-1]
                logits = logits.masked_fill(logits < kth, float("-inf"))
            ids.append(torch.multinomial(torch.softmax(logits, -1), 1, generator=generator).item())
        else:
            ids.append(logits.argmax().item())
        n += 1
    return ids
