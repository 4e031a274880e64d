"""fill_mask_topk whose pairs are lists of tensors without dimensions."""

import torch


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    answer = []
    for place in torch.where(input_ids == mask_id)[0]:
        values, tokens = torch.sort(torch.softmax(logits[place], dim=0), descending=True)
        answer.append([[token, value] for token, value in zip(tokens[:k], values[:k], strict=True)])
    return answer
