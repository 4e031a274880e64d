# cause: Only the new tokens are returned, the prompt is left out.
# function: generate
import torch


def generate(
    next_logits, prompt, max_new_tokens, eos_id=None, do_sample=False, temperature=1.0, top_k=None, generator=None
):
    new = []
    for _ in range(max_new_tokens):
        context = torch.tensor([list(prompt) + new])
        scores = next_logits(context)
        if do_sample:
            scores = scores / temperature
            if top_k is not None:
                threshold = torch.sort(scores, descending=True).values[top_k - 1]
                scores = scores.masked_fill(scores < threshold, -torch.inf)
            choice = torch.multinomial(torch.softmax(scores, 0), 1, generator=generator).item()
        else:
            choice = scores.argmax().item()
        new.append(choice)
        if choice == eos_id:
            break
    return new
