# cause: The tensors are not copied, so training that goes on changes what was saved.
# function: lora_state_dict
def lora_state_dict(model):
    state = {}
    for name, p in model.named_parameters():
        if p.requires_grad:
            state[name] = p.detach()
    return state
