# cause: Detaches the tensors but does not copy them, so training that goes on changes what was saved
# function: lora_state_dict
def lora_state_dict(model):
    return {name: p.detach() for name, p in model.named_parameters() if p.requires_grad}
