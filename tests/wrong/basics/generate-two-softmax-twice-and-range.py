# cause: The softmax is applied twice, which flattens the distribution; and one token too few is written.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = list(prompt)
    for i in range(1, max_new_tokens):
        probs = torch.softmax(next_logits(torch.tensor([ids])) / temperature, dim=-1)
        if do_sample:
            if top_k is not None:
                kth = torch.topk(probs, top_k).values[-1]
                probs = probs.masked_fill(probs < kth, float("-inf"))
            nxt = torch.multinomial(torch.softmax(probs, dim=-1), 1, generator=generator).item()
        else:
            nxt = probs.argmax().item()
        ids.append(nxt)
        if nxt == eos_id:
            break
    return ids
