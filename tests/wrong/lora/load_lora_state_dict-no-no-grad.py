# cause: Copies in place into parameters that require a gradient without no_grad, which autograd forbids.
# function: load_lora_state_dict


def load_lora_state_dict(model, state):
    own = dict((n, p) for n, p in model.named_parameters() if p.requires_grad)
    if set(own) != set(state):
        raise KeyError(set(own) ^ set(state))
    for name in own:
        own[name].copy_(state[name])
