# cause: Whether to draw is decided by temperature and top_k; do_sample is ignored.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = list(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([ids]))
        if temperature == 1.0 and top_k is None:
            nxt = torch.argmax(logits)
        else:
            logits = logits / temperature
            if top_k is not None:
                kth = torch.topk(logits, top_k).values[-1]
                logits = logits.masked_fill(logits < kth, float("-inf"))
            nxt = torch.multinomial(torch.softmax(logits, -1), 1, generator=generator)
        ids.append(int(nxt))
        if ids[-1] == eos_id:
            break
    return ids
