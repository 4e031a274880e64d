# cause: The end token is tested by truth, so an eos_id of 0 never ends the text.
# function: generate
import torch
import torch.nn.functional as F


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    x = torch.tensor(prompt, dtype=torch.long)[None, :]
    for _ in range(max_new_tokens):
        logits = next_logits(x).view(1, -1)
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                v, _ = torch.topk(logits, min(top_k, logits.size(-1)))
                logits[logits < v[:, [-1]]] = -float("Inf")
            probs = F.softmax(logits, dim=-1)
            idx_next = torch.multinomial(probs, num_samples=1, generator=generator)
        else:
            idx_next = torch.argmax(logits, dim=-1, keepdim=True)
        x = torch.cat((x, idx_next), dim=1)
        if eos_id and idx_next.item() == eos_id:
            break
    return x[0].tolist()
