"""Several processes train one model: ``torchrun --nproc-per-node 2 -m solutions.recipes finetune --out DIR``.

Each process holds the whole model and takes its share of the texts of every batch; their gradients are averaged before
the optimizer steps (DistributedDataParallel, started through Accelerate: gloo between CPUs, NCCL between GPUs). The
weights equal those of one process with the same batch size, up to rounding; random numbers in a forward pass (LoRA's
dropout, mixup) are drawn separately in every process. Only process 0 writes and prints.

For a model that does not fit into one device, ``accelerate launch --config_file docs/fsdp.yaml -m solutions.recipes
finetune ...`` keeps a part of every weight in each process (FSDP).

Dimensions: W processes.
"""

import os
import warnings
from collections import deque
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

from course.text import say
from solutions.recipes.config import FROZEN_ENCODER, FineTune
from solutions.recipes.errors import RecipeError
from solutions.recipes.hardware import Hardware
from solutions.recipes.preflight import processes

RANK_SEED = 7919
"""Difference between the training seeds of consecutive processes."""


@dataclass(frozen=True)
class Share:
    """The part of a batch that one process computes."""

    rows: list[int]
    """Texts; at least one, since the others would wait for a process without any."""
    texts: int
    """Number of texts that count: 0 if the row is only there to stay in step."""
    of_all: int
    """Number of texts in the batch, over all processes."""
    weight: float = 1.0
    """Factor on the mean loss of these rows."""
    last: bool = True
    """Whether the optimizer steps after this share, so that gradients are exchanged."""


@dataclass(frozen=True)
class Team:
    """The processes that train together, as seen by one of them. The default is one process alone."""

    rank: int = 0
    """Number of this process, from 0."""
    size: int = 1
    """W, the number of processes."""
    accelerator: Any = None
    """Accelerate's object, if there are several processes."""
    split_weights: bool = False
    """FSDP: each process holds a part of every weight, so all of them go through every forward pass."""

    @property
    def alone(self) -> bool:
        """True if there is only this process."""
        return self.size == 1

    @property
    def first(self) -> bool:
        """True for process 0, which writes and prints."""
        return self.rank == 0

    def wait(self) -> None:
        """Wait until all processes have arrived here."""
        if not self.alone:
            self.accelerator.wait_for_everyone()

    def total(self, tensor: Tensor) -> Tensor:
        """Return the sum over all processes, on the CPU."""
        if self.alone:
            return tensor
        return self.accelerator.reduce(tensor.to(self.accelerator.device), reduction="sum").cpu()

    def sums(self, *numbers: float) -> list[float]:
        """Return the sum of each number over all processes."""
        return (
            list(numbers)
            if self.alone or not numbers
            else self.total(torch.tensor(numbers, dtype=torch.float64)).tolist()
        )

    def part(self, items: Sequence[Any]) -> list[Any]:
        """Return this process's part of items in any order; all items if every process must take part in each.

        >>> Team(rank=1, size=2).part("abcde"), Team().part("ab")
        (['b', 'd'], ['a', 'b'])
        """
        return list(items) if self.split_weights else list(items[self.rank :: self.size])

    def put_together(self, parts: Tensor) -> Tensor:
        """Combine the rows that each process has computed for its `part`; its other rows must be 0."""
        return parts if self.split_weights else self.total(parts)

    def shares(self, group: Sequence[list[int]]) -> list[Share]:
        """Return this process's shares of the micro-batches of one optimizer step.

        ``train_epoch`` takes the mean over the texts that it sees, and the exchange takes the mean over the processes.
        The weights turn that into the mean over all texts of the step, even if the processes have different numbers of
        texts, or if there are fewer texts than processes.

        >>> [(share.rows, share.texts, share.weight) for share in Team(rank=1, size=2).shares([[5, 6, 7], [8]])]
        [([6], 1, 1.0), ([8], 0, 0.0)]
        """
        own = [(whole[self.rank :: self.size], whole) for whole in group]
        seen = [mine or whole[:1] for mine, whole in own]
        n_seen, n_all = sum(map(len, seen)), sum(map(len, group))
        return [
            Share(
                rows, len(mine), len(whole), self.size * len(mine) / len(rows) * n_seen / n_all, place == len(group) - 1
            )
            for place, (rows, (mine, whole)) in enumerate(zip(seen, own, strict=True))
        ]

    def diverge(self, seed: int) -> None:
        """Let each process draw its own random numbers from here on; those of process 0 are the same as alone."""
        if not self.first:
            torch.manual_seed(seed + RANK_SEED * self.rank)

    def random_states(self, own: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return the states of all processes' random generators: ``cpu`` of process 0, ``cpu.1`` of process 1, ..."""
        if self.alone:
            return own
        found: dict[str, Tensor] = {}
        for name, state in own.items():
            table = torch.zeros(self.size, len(state), dtype=torch.int32)
            table[self.rank] = state
            rows = self.total(table).to(state.dtype)
            found |= {f"{name}.{rank}" if rank else name: row for rank, row in enumerate(rows)}
        return found

    def own_random_states(self, states: dict[str, Tensor]) -> dict[str, Tensor]:
        """Return this process's states from those of all; an empty dictionary if the process had none saved."""
        ending = f".{self.rank}" if self.rank else ""
        mine = {name.removesuffix(ending) if ending else name: state for name, state in states.items()}
        return {
            name: state for name, state in mine.items() if "." not in name and (not ending or name + ending in states)
        }


ALONE = Team()
"""The team of a single process."""


class Together(nn.Module):
    """A model for ``train_epoch`` in one of several processes: its loss is weighted by this process's share."""

    def __init__(self, model: nn.Module, team: Team) -> None:
        """Prepare the model, so that backward passes exchange gradients.

        Raises:
            RecipeError: the weights cannot be split because no layers are found.
        """
        super().__init__()
        if team.split_weights:
            self.inside = split(model)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # by torch, about Accelerate's call
                self.inside = team.accelerator.prepare_model(model)
        self.shares: deque[Share] = deque()
        """Shares of the batches that were made but not yet used."""
        self.share = Share([], 0, 0)
        """Share of the current forward pass."""

    def forward(self, **inputs: Any) -> SimpleNamespace:
        """Return loss and logits of this process's share of a batch."""
        self.share = share = self.shares.popleft()
        waits = nullcontext() if share.last or not hasattr(self.inside, "no_sync") else self.inside.no_sync()
        with waits:
            output = self.inside(**inputs)
        return SimpleNamespace(loss=output.loss * share.weight, logits=output.logits)


def on_own_gpu(config: FineTune) -> FineTune:
    """Return the configuration with this process's own GPU, the one of its number, if there are several processes.

    The GPU is named from the start: ``cuda`` alone would open a context on the first GPU, which takes some hundred
    megabytes there for each process.

    Raises:
        RecipeError: one particular GPU was asked for, or there are too few.
    """
    size, (kind, _, number) = processes(), config.device.partition(":")
    if size == 1 or not (kind == "cuda" or (kind == "auto" and torch.cuda.is_available())):
        return config
    if number:
        raise RecipeError(
            say(
                "{processes} processes were started, and each uses a GPU of its own, but --device {device} names a "
                "single one. Use --device cuda, and choose the GPUs with CUDA_VISIBLE_DEVICES",
                processes=size,
                device=config.device,
            )
        )
    here = int(os.environ.get("LOCAL_WORLD_SIZE", size))
    if here > torch.cuda.device_count():
        raise RecipeError(
            say(
                "{processes} processes were started on this machine, which has {gpus} GPUs. Start one for "
                "each GPU, or use --device cpu",
                processes=here,
                gpus=torch.cuda.device_count(),
            )
        )
    return replace(config, device=f"cuda:{os.environ.get('LOCAL_RANK', '0')}")


def join(config: FineTune, hardware: Hardware) -> tuple[Team, Hardware]:
    """Join the other processes if torchrun has started several. Returns when all of them have joined.

    Returns:
        The team, and the hardware with the device of this process.

    Raises:
        RecipeError: the processes cannot work together on this device, or they outnumber the texts of a batch.
    """
    size = processes()
    if size == 1:
        return ALONE, hardware
    kind = hardware.device.type
    if kind not in ("cpu", "cuda"):
        raise RecipeError(
            say("several processes can train on CPUs or on CUDA GPUs, not on {kind}. Try --device cpu", kind=kind)
        )
    if config.micro_batch < size:
        raise RecipeError(
            say(
                "{processes} processes cannot share batches of {texts} texts. Start fewer, or use a "
                "larger --batch-size",
                processes=size,
                texts=config.micro_batch,
            )
        )
    splits = splits_weights()
    if splits and hardware.bf16 and config.method in FROZEN_ENCODER:
        raise RecipeError(
            say(
                "FSDP can split the weights only if all have the same precision, but --method {method} "
                "keeps frozen weights in bf16. Add --precision fp32",
                method=config.method,
            )
        )
    from accelerate import Accelerator, DistributedDataParallelKwargs

    wishes = DistributedDataParallelKwargs(broadcast_buffers=False, gradient_as_bucket_view=True)
    accelerator = Accelerator(cpu=kind == "cpu", mixed_precision="no", kwargs_handlers=[wishes])
    if config.threads is not None:
        torch.set_num_threads(config.threads)  # Accelerate sets its own number
    team = Team(accelerator.process_index, accelerator.num_processes, accelerator, splits)
    return team, replace(hardware, device=accelerator.device, threads=torch.get_num_threads())


def splits_weights() -> bool:
    """Return whether Accelerate's configuration asks for FSDP."""
    return os.environ.get("ACCELERATE_USE_FSDP", "false").lower() == "true"


def leave(team: Team) -> None:
    """Leave the team of processes."""
    if not team.alone:
        team.accelerator.end_training()


# --- Weights that are split over processes (FSDP) ---------------------------------------------------------------------


def split(model: Any) -> nn.Module:
    """Split every weight over the processes (FSDP), layer by layer: only one layer at a time is complete."""
    layers = getattr(getattr(model.bert, "encoder", None), "layer", None)
    if layers is None:
        raise RecipeError(say("only models with BERT's structure (encoder.layer) can be split across processes"))
    for layer in layers:
        fully_shard(layer)
    return fully_shard(model)


def parted(model: nn.Module) -> nn.Module:
    """Return the model with every weight split again, after a forward pass has gathered some."""
    for module in model.modules():
        if isinstance(module, FSDPModule):
            module.reshard()
    return model


def whole(tensor: Tensor) -> Tensor:
    """Return all of a tensor that is split over the processes (all must call this); others are returned unchanged."""
    return tensor.detach().full_tensor().clone() if isinstance(tensor, DTensor) else tensor


def like(tensor: Tensor, other: Tensor) -> Tensor:
    """Split a whole tensor as the other one is."""
    if not isinstance(other, DTensor):
        return tensor
    return distribute_tensor(tensor.to(other.device), other.device_mesh, other.placements)
