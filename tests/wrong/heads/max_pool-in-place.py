# cause: The padding of the caller's hidden states is overwritten (the Hugging Face forum recipe assigns in place).
# function: max_pool
def max_pool(hidden, mask):
    token_embeddings = hidden.detach() if hidden.requires_grad else hidden
    input_mask_expanded = mask.unsqueeze(-1).expand(token_embeddings.size()).float()
    token_embeddings[input_mask_expanded == 0] = float("-inf")
    return token_embeddings.max(1)[0]
