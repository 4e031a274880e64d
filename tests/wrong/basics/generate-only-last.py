# cause: After the first step gives the model only the newest token, as with a key-value cache, so it no longer sees what came before.
# function: generate

import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    output = list(prompt)
    current = torch.tensor([prompt])
    for _ in range(max_new_tokens):
        logits = next_logits(current)
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                threshold = logits.sort(descending=True).values[top_k - 1]
                logits = logits.masked_fill(logits < threshold, -float("inf"))
            token = torch.multinomial(torch.softmax(logits, 0), 1, generator=generator).item()
        else:
            token = logits.argmax().item()
        output.append(token)
        if eos_id is not None and token == eos_id:
            break
        current = torch.tensor([[token]])
    return output
