# cause: Only tensors with "lora" in their name are picked, so the head is missing and so are factors of another name.
# function: lora_state_dict
def lora_state_dict(model):
    my_state_dict = model.state_dict()
    return {k: my_state_dict[k].clone() for k in my_state_dict if "lora_" in k}
