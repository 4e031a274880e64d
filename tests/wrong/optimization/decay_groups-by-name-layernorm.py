# cause: What decays is told by names ("bias", "LayerNorm.weight"), so norms of another name and the biases of an LSTM decay.
# function: decay_groups
def decay_groups(model, weight_decay=0.01):
    no_decay = ["bias", "LayerNorm.weight"]
    return [
        {
            "params": [
                p for n, p in model.named_parameters() if p.requires_grad and not any(n.endswith(nd) for nd in no_decay)
            ],
            "weight_decay": weight_decay,
        },
        {
            "params": [
                p for n, p in model.named_parameters() if p.requires_grad and any(n.endswith(nd) for nd in no_decay)
            ],
            "weight_decay": 0.0,
        },
    ]
