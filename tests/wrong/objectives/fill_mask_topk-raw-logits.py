# cause: Logits are returned where probabilities are asked for.
# function: fill_mask_topk
def fill_mask_topk(logits, input_ids, mask_id, k=5):
    answers = []
    for t in range(len(input_ids)):
        if input_ids[t] == mask_id:
            vals, idx = logits[t].topk(k)
            answers.append([(i.item(), v.item()) for v, i in zip(vals, idx)])
    return answers
