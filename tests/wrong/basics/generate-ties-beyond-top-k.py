# cause: top_k keeps every token that is at least as likely as the k-th
# function: generate
import torch


def generate(next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None):
    out = prompt[:]
    while max_new_tokens > 0:
        max_new_tokens -= 1
        z = next_logits(torch.tensor([out]))
        if do_sample:
            z = z / temperature
            if top_k:
                z[z < z.topk(top_k).values[-1]] = -torch.inf
            out += z.softmax(-1).multinomial(1, generator=generator).tolist()
        else:
            out += [z.argmax().item()]
        if out[-1] == eos_id:
            break
    return out
