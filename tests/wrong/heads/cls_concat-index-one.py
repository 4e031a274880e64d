# cause: Index 1, the second token, is taken as the first token of every layer.
# function: cls_concat
import torch


def cls_concat(hidden_states, n_last=4):
    N = len(hidden_states)
    blocks = []
    for i in range(N, N - n_last, -1):
        blocks.append(hidden_states[i - 1][:, 1, :])
    return torch.cat(blocks, dim=1)
