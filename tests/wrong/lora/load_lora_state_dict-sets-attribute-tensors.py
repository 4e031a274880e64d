# cause: Only a local name is rebound (p = state[name]), so the model's numbers do not change.
# function: load_lora_state_dict
def load_lora_state_dict(model, state):
    names = [n for n, p in model.named_parameters() if p.requires_grad]
    for n in names:
        if n not in state:
            raise KeyError(n)
    for n in state:
        if n not in names:
            raise KeyError(n)
    for n, p in model.named_parameters():
        if n in state:
            p = state[n].clone()


def lora_state_dict(model):
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}
