# cause: Sets p.data to the saved tensor itself, so the model shares its numbers with the state
# function: load_lora_state_dict
def load_lora_state_dict(model, state):
    params = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if params.keys() != state.keys():
        raise KeyError(sorted(params.keys() ^ state.keys()))
    for name, p in params.items():
        p.data = state[name]
