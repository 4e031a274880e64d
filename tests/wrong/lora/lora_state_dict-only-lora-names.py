# cause: Only tensors with "lora" in their name are picked, so the head is missing and so are factors of another name.
# function: lora_state_dict
import torch


def lora_state_dict(model):
    my_state_dict = model.state_dict()
    return {k: my_state_dict[k].clone() for k in my_state_dict if "lora_" in k}


def load_lora_state_dict(model, state):
    own = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if set(own) != set(state):
        raise KeyError(f"names differ: {sorted(set(own) ^ set(state))}")
    with torch.no_grad():
        for name, p in own.items():
            p.copy_(state[name])
