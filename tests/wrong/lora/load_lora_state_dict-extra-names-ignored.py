# cause: Checks only that nothing is missing; names that the model does not have are ignored.
# function: load_lora_state_dict

import torch


def load_lora_state_dict(model, state):
    with torch.no_grad():
        for name, param in model.named_parameters():
            if param.requires_grad:
                if name not in state:
                    raise KeyError(name)
                param.copy_(state[name])
