# cause: The loop runs until the end token appears and never looks at max_new_tokens, so it may never end.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    text = list(prompt)
    token = None
    while token is None or token != eos_id:
        logits = next_logits(torch.tensor([text]))
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                kth = torch.topk(logits, top_k).values[-1]
                logits = logits.masked_fill(logits < kth, float("-inf"))
            token = torch.multinomial(torch.softmax(logits, -1), 1, generator=generator).item()
        else:
            token = logits.argmax().item()
        text.append(token)
    return text
