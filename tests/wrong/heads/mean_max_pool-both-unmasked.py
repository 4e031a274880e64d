# cause: Follows the Kaggle notebook mean-max pooling that has no mask: mean and maximum both run over PAD; and: the maxima come first.
# function: mean_max_pool

import torch
from torch import Tensor


def mean_max_pool(hidden: Tensor, mask: Tensor) -> Tensor:
    mean_pooling_embeddings = torch.mean(hidden, 1)
    max_pooling_embeddings, _ = torch.max(hidden, 1)
    return torch.cat((max_pooling_embeddings, mean_pooling_embeddings), 1)
