# cause: A name in the state is refused only if the model has no such parameter at all, so a frozen weight is accepted and overwritten.
# function: load_lora_state_dict

import torch


def load_lora_state_dict(model, state):
    parameters = dict(model.named_parameters())
    for name, p in parameters.items():
        if p.requires_grad and name not in state:
            raise KeyError(f"missing: {name}")
    with torch.no_grad():
        for name, tensor in state.items():
            parameters[name].copy_(tensor)
