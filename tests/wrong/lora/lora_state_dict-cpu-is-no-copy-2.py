# cause: Detach().cpu() is taken for a copy, but on the CPU it shares its memory with the parameter.
# function: lora_state_dict


def lora_state_dict(model):
    state = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            state[name] = parameter.detach().cpu()
    return state
