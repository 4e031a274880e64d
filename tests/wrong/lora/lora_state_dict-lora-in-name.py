# cause: Picks by the word "lora" in the name as loralib does, so the head (and factors of other names) is missing
# function: lora_state_dict
def lora_state_dict(model):
    return {k: v.detach().clone() for k, v in model.state_dict().items() if "lora" in k.lower()}
