# cause: Freezes the factors and the head after loading, as PEFT's is_trainable=False does.
# function: load_lora_state_dict

import torch


def load_lora_state_dict(model, state):
    wanted = {n: p for n, p in model.named_parameters() if p.requires_grad}
    missing = wanted.keys() - state.keys()
    unexpected = state.keys() - wanted.keys()
    if missing or unexpected:
        raise KeyError(f"missing {sorted(missing)}, unexpected {sorted(unexpected)}")
    for name, param in wanted.items():
        with torch.no_grad():
            param.copy_(state[name])
        param.requires_grad = False
