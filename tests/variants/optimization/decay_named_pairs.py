"""decay_groups returns a tuple of groups with (name, parameter) pairs, as torch takes them too."""


def decay_groups(model, weight_decay=0.01):
    trained = [pair for pair in model.named_parameters() if pair[1].requires_grad]
    by_rule = {rule: [pair for pair in trained if (len(pair[1].shape) > 1) is rule] for rule in (True, False)}
    return (
        {"params": by_rule[True], "weight_decay": weight_decay},
        {"params": by_rule[False], "weight_decay": 0.0},
    )
