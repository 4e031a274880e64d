# cause: Thinks that detach().cpu() makes a copy; on the CPU the saved tensors share memory with the model.
# function: lora_state_dict


def lora_state_dict(model):
    return {name: p.detach().cpu() for name, p in model.named_parameters() if p.requires_grad}
