# cause: copy_ is called on leaf parameters without no_grad, which raises a RuntimeError.
# function: load_lora_state_dict
def load_lora_state_dict(model, state):
    target = dict((n, p) for n, p in model.named_parameters() if p.requires_grad)
    missing = set(target) - set(state)
    extra = set(state) - set(target)
    if missing or extra:
        raise KeyError(f"missing {missing}, unexpected {extra}")
    for n, p in target.items():
        p.copy_(state[n])


def lora_state_dict(model):
    return {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}
