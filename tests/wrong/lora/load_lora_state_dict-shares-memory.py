# cause: The parameters' data is pointed at the saved tensors instead of being copied, so model and state share memory.
# function: load_lora_state_dict
def load_lora_state_dict(model, state):
    own = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if own.keys() != state.keys():
        raise KeyError(sorted(own.keys() ^ state.keys()))
    for name in own:
        own[name].data = state[name]


def lora_state_dict(model):
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}
