"""The state is an OrderedDict of copies on the CPU; loading asserts that the names agree, both ways."""

from collections import OrderedDict

import torch


def lora_state_dict(model):
    state = OrderedDict()
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            state[name] = parameter.detach().to("cpu", copy=True)
    return state


def load_lora_state_dict(model, state):
    own = OrderedDict((name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad)
    assert set(own) == set(state), sorted(set(own) ^ set(state))
    with torch.no_grad():
        for name in own:
            own[name].copy_(state[name])
