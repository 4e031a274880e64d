# cause: Takes every number for four bytes, whatever the dtype
# function: count_parameters
def count_parameters(model):
    counts = {"total": 0, "trainable": 0}
    for p in model.parameters():
        counts["total"] += p.numel()
        counts["trainable"] += p.numel() if p.requires_grad else 0
    counts["bytes"] = 4 * counts["total"]
    return counts
