# cause: The end token is not included in the result.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = [i for i in prompt]
    for step in range(max_new_tokens):
        logits = next_logits(torch.tensor([ids]))
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                top = torch.topk(logits, top_k)
                probs = torch.zeros_like(logits).scatter(0, top.indices, torch.softmax(top.values, -1))
            else:
                probs = torch.softmax(logits, -1)
            nxt = torch.multinomial(probs, 1, generator=generator).item()
        else:
            nxt = torch.argmax(logits).item()
        if nxt == eos_id:
            break
        ids.append(nxt)
    return ids
