# cause: Only int64 is refused; features of another integer type, such as int32, are mixed without an exception.
# function: mixup

import torch


def mixup(x, y, lam, perm):
    if x.dtype == torch.long:
        raise TypeError("mixup needs embedded tokens, not token ids")
    y = y.to(torch.get_default_dtype())
    return torch.lerp(x[perm] * 1.0, x * 1.0, lam), torch.lerp(y[perm], y, lam)
