# cause: Takes the mean over dimension 0, over the draws instead of over the rows of a draw
# function: paired_bootstrap
import torch
from torch import Tensor


def rms(errors: Tensor, dim: int = 0) -> Tensor:
    """Root of the mean of the squares."""
    return errors.square().mean(dim).sqrt()


def errors(pred: Tensor, target: Tensor) -> Tensor:
    """Row by row, without a graph."""
    if pred.numel() != target.numel():
        raise ValueError(f"{pred.numel()} predictions for {target.numel()} targets")
    return pred.detach().double().flatten() - target.detach().double().flatten()


def interval(values: Tensor, level: float) -> tuple[float, float]:
    """The middle share of the values."""
    tail = (1 - level) / 2
    return torch.quantile(values, tail).item(), torch.quantile(values, 1 - tail).item()


def paired_bootstrap(
    pred_a: Tensor, pred_b: Tensor, target: Tensor, n_draws: int = 2000, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    generator = torch.Generator().manual_seed(seed)
    size = target.numel()
    rows = torch.randint(size, (n_draws, size), generator=generator)
    figure_a, figure_b = (rms(errors(pred, target)[rows]) for pred in (pred_a, pred_b))
    return interval(figure_a - figure_b, level)
