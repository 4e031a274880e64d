# cause: Asks the tensors of state_dict() for requires_grad, which are detached and never have it, so nothing is saved
# function: lora_state_dict
def lora_state_dict(model):
    saved = {}
    for name, tensor in model.state_dict().items():
        if tensor.requires_grad:
            saved[name] = tensor.clone()
    return saved
