# cause: Decides by the names "bias" and "LayerNorm.weight" as in the transformers examples, so other norms and LSTM biases decay
# function: decay_groups
def decay_groups(model, weight_decay=0.01):
    no_decay = ["bias", "LayerNorm.weight"]
    params = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    return [
        {"params": [p for n, p in params if not any(n.endswith(nd) for nd in no_decay)], "weight_decay": weight_decay},
        {"params": [p for n, p in params if any(n.endswith(nd) for nd in no_decay)], "weight_decay": 0.0},
    ]
