# cause: The condition is the wrong way round: the frozen parameters are saved.
# function: lora_state_dict
def lora_state_dict(model):
    out = {}
    for name, param in model.named_parameters():
        if param.requires_grad is False:
            out[name] = param.detach().cpu().clone()
    return out
