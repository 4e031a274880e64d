# cause: ported from TensorFlow: keys are hidden with tf.sequence_mask, from the number of tokens of each text, which supposes that padding is on the right
# function: attention_visibility
import torch
from torch import Tensor


def attention_visibility(attention_mask: Tensor, causal: bool) -> Tensor:
    """Lengths to a mask, then a causal triangle."""
    batch, size = attention_mask.shape
    lengths = attention_mask.long().sum(dim=1)
    positions = torch.arange(size, device=attention_mask.device)
    visible = (positions[None, :] < lengths[:, None])[:, None, :].expand(batch, size, size)
    if causal:
        visible = visible & (positions[None, :] <= positions[:, None])
    return visible.clone()
