# cause: Compares unknown names with all tensors of the model instead of the trainable ones, so a frozen weight in the state is accepted and overwritten.
# function: load_lora_state_dict

import torch


def load_lora_state_dict(model, state):
    own = model.state_dict()
    for name in state:
        if name not in own:
            raise KeyError(f"unexpected: {name}")
    for name, param in model.named_parameters():
        if param.requires_grad and name not in state:
            raise KeyError(f"missing: {name}")
    with torch.no_grad():
        for name, tensor in state.items():
            own[name].copy_(tensor)
