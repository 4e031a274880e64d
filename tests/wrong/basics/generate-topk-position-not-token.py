# cause: The position drawn among the top k is taken for the token id; it is never mapped back to the vocabulary.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    ids = list(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([ids]))
        if not do_sample:
            nxt = logits.argmax().item()
        else:
            logits = logits / temperature
            if top_k is not None:
                logits, _ = torch.topk(logits, top_k)
            nxt = torch.multinomial(torch.softmax(logits, dim=-1), 1, generator=generator).item()
        ids.append(nxt)
        if nxt == eos_id:
            break
    return ids
