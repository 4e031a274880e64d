"""Fabricated runs of ``course run compare``. Imports little, so that processes that write them start at once."""

from pathlib import Path

from solutions.recipes.compare import store
from solutions.recipes.compare.store import SPLIT, Cell
from solutions.recipes.config import FineTune


def made_up(cell: Cell, **special: object) -> store.Run:
    """Return a run as cell.py does, with figures that follow from its seed."""
    seed = cell.config.seed
    share = 0.8 + 0.01 * seed
    run = {
        **cell.plain(),
        "split": SPLIT,
        "date": "2026-01-02",
        "jobs": 1,
        "validation": {"accuracy": share, "n": 852},
        "test": {"accuracy": share, "rmse": 1.0 + 0.1 * seed, "rmse_of_mean": 1.9, "n": 4},
        "errors": [1.0, -1.0, 2.0, 0.5 + seed],
        "parameters": {"trainable": 1234, "total": 22_000_000},
        "texts": {"train": 5970, "validation": 852, "test": 1706},
        "seconds": 60.0,
        "cpu_seconds": 59.0,
        "peak_memory_bytes": 700_000_000,
        "saved_bytes": 300_000,
        "device": "cpu",
        "processor": "A CPU, AVX2",
        "precision": "fp32",
        "threads": 1,
        "versions": {"python": "3.11.0", "torch": "2.9.0"},
        "measured_bytes": 2_300_000_000,
        "predicted": {
            "weights": 4e8,
            "grads": 4e8,
            "optimizer": 8e8,
            "activations": 6e8,
            "buffers": 2e8,
            "total": 2_400_000_000.0,
        },  # fmt: skip
        "formula_bytes": 2_200_000_000.0,
    }
    return run | special


def add_some(path: str, first: str) -> None:
    for seed in range(int(first), int(first) + 20):
        store.add(Path(path), made_up(Cell("finetune", FineTune(seed=seed))))
