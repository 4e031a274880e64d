# cause: The tensors of state_dict() are asked whether they need a gradient, but they are detached and all say no, so nothing is saved.
# function: lora_state_dict


def lora_state_dict(model):
    return {name: tensor.detach().clone() for name, tensor in model.state_dict().items() if tensor.requires_grad}
