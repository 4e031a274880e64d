# cause: Only the last part of each name is kept, so layers overwrite one another; and the tensors are turned into lists.
# function: lora_state_dict
def lora_state_dict(model):
    result = {}
    for name, p in model.named_parameters():
        if p.requires_grad:
            result[name.split(".")[-1]] = p.detach().tolist()
    return result
