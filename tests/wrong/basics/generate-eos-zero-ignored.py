# cause: Tests "if eos_id" so that an end token with id 0 never stops
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = list(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([ids]))
        if do_sample:
            logits = logits / temperature
            if top_k:
                vals, idx = logits.topk(top_k)
                choice = torch.multinomial(vals.softmax(-1), 1, generator=generator)
                token = int(idx[choice])
            else:
                token = int(torch.multinomial(logits.softmax(-1), 1, generator=generator))
        else:
            token = int(logits.argmax())
        ids.append(token)
        if eos_id and token == eos_id:
            break
    return ids
