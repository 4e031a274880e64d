# cause: Missing and unknown names are silently accepted (strict=False) instead of raising a KeyError.
# function: load_lora_state_dict
def load_lora_state_dict(model, state):
    model.load_state_dict(state, strict=False)


def lora_state_dict(model):
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}
