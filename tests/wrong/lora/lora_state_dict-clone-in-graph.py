# cause: Clones the parameters without detaching them, so the copies hang in the graph.
# function: lora_state_dict


def lora_state_dict(model):
    return {n: p.clone() for n, p in model.named_parameters() if p.requires_grad}
