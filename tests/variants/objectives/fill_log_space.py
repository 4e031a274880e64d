"""fill_mask_topk by logsumexp over all positions at once; the masks are picked out at the very end."""

import torch


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    probabilities = (logits - logits.logsumexp(dim=1, keepdim=True)).exp()
    best, tokens = torch.topk(probabilities, k, dim=1)
    everywhere = [[(int(t), float(p)) for t, p in zip(*row, strict=True)] for row in zip(tokens, best, strict=True)]
    return [everywhere[place] for place in range(len(input_ids)) if int(input_ids[place]) == mask_id]
