# cause: The whole state dict is saved, frozen weights included.
# function: lora_state_dict
def lora_state_dict(model):
    return {k: v.detach().clone() for k, v in model.state_dict().items()}
