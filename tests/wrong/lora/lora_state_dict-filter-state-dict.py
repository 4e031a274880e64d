# cause: Asks the tensors of state_dict() for requires_grad, but those are detached, so nothing is ever kept.
# function: lora_state_dict


def lora_state_dict(model):
    state = {}
    for name, tensor in model.state_dict().items():
        if tensor.requires_grad:
            state[name] = tensor.detach().clone()
    return state
