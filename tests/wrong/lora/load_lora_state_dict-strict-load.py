# cause: load_state_dict is called strictly, which fails because the frozen weights are missing in the state.
# function: load_lora_state_dict
def load_lora_state_dict(model, state):
    model.load_state_dict(state)


def lora_state_dict(model):
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}
