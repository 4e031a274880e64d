# cause: The last k entries of an ascending sort are returned as they stand, so the most probable token comes last.
# function: fill_mask_topk


def fill_mask_topk(logits, input_ids, mask_id, k=5):
    answer = []
    for row, token in zip(logits, input_ids.tolist()):
        if token != mask_id:
            continue
        p = row.softmax(-1)
        best = p.argsort()[-k:]
        answer.append([(i, p[i].item()) for i in best.tolist()])
    return answer
