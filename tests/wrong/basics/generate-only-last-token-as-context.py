# cause: The model is shown only the last token instead of everything written so far.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    seq = list(prompt)
    for _ in range(max_new_tokens):
        logits = next_logits(torch.tensor([[seq[-1]]]))
        if do_sample:
            logits = logits / temperature
            if top_k is not None:
                low = torch.topk(logits, top_k)[0][-1]
                logits = logits.masked_fill(logits < low, float("-inf"))
            nxt = torch.multinomial(torch.softmax(logits, -1), 1, generator=generator).item()
        else:
            nxt = int(logits.argmax())
        seq.append(nxt)
        if eos_id is not None and nxt == eos_id:
            break
    return seq
