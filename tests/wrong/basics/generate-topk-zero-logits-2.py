# cause: Sets the logits outside the top k to 0 instead of -inf, so they can still be drawn; and: max_new_tokens is taken for the total length
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    tokens = prompt.copy()
    while len(tokens) < max_new_tokens:
        logits = next_logits(torch.tensor(tokens).unsqueeze(0)).float()
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                threshold = torch.topk(logits, top_k).values[-1]
                logits = torch.where(logits < threshold, torch.zeros_like(logits), logits)
            nxt = torch.multinomial(torch.softmax(logits, dim=-1), 1, generator=generator).item()
        else:
            nxt = torch.argmax(logits).item()
        tokens.append(nxt)
        if nxt == eos_id:
            break
    return tokens
