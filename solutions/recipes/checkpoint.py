"""The checkpoint of an unfinished run: one file, written whole or not at all, without pickle.

It is a safetensors file: the trained tensors, the optimizer state, the best weights so far and the states of the random
generators are tensors; the progress of the run is JSON in the file's metadata. The order of the texts and their
augmentation follow from seed and epoch, and need not be saved.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from course.text import listed, say
from solutions.recipes.errors import RecipeError
from solutions.recipes.files import write_atomically
from solutions.recipes.team import ALONE, Team, like, parted, whole

SCHEMA = "course/checkpoint/v1"


@dataclass
class Position:
    """Progress of a run: steps, losses, time and interruptions."""

    epoch: int = 0
    """Completed epochs, validation included."""
    step_in_epoch: int = 0
    """Optimizer steps of the current epoch."""
    step: int = 0
    """Optimizer steps in all."""
    loss_sum: float = 0.0
    """Sum of the losses of this epoch's texts so far."""
    seen: int = 0
    """Texts of this epoch so far."""
    losses: list[float] = field(default_factory=list)
    """Mean training loss of each completed epoch."""
    validations: list[dict[str, float]] = field(default_factory=list)
    """Validation figures of each completed epoch."""
    samples: int = 0
    positions: int = 0
    tokens: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    interruptions: int = 0
    """How often the run was resumed from a checkpoint."""


def rng_state(device: torch.device) -> dict[str, Tensor]:
    """Return the states of the random generators that training uses."""
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def set_rng_state(states: Mapping[str, Tensor], device: torch.device) -> None:
    """Restore the states of the generators; one without a saved state stays as it is."""
    if "cpu" in states:
        torch.set_rng_state(states["cpu"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)


def changing(model: nn.Module) -> dict[str, Tensor]:
    """Return the tensors that training changes: trainable parameters and buffers in the state dictionary."""
    found = {name: parameter for name, parameter in parted(model).named_parameters() if parameter.requires_grad}
    parameters = {name for name, _ in model.named_parameters()}
    found |= {name: tensor for name, tensor in model.state_dict().items() if name not in parameters}
    return found


def save_checkpoint(
    path: Path,
    identity: Mapping[str, Any],
    position: Position,
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    best: Mapping[str, Tensor],
    device: torch.device,
    team: Team = ALONE,
) -> None:
    """Write a checkpoint, replacing an older one. All processes of a team call this, and the first one writes.

    Args:
        path: the file to write.
        identity: the properties that a resumed run must share with this one.
        position: progress of the run.
        model: its changing tensors are saved.
        optimizer: AdamW, or one with the same kind of state.
        best: weights of the best epoch so far; empty if they are not needed.
        device: whose random generator is saved beside the CPU's.
        team: the processes that train together.

    Raises:
        RecipeError: the file cannot be written; an older one stays as it was.
    """
    tensors = {f"model.{name}": tensor for name, tensor in changing(model).items()}
    state = optimizer.state_dict()["state"]
    tensors |= {f"optimizer.{i}.{name}": value for i, own in state.items() for name, value in own.items()}
    tensors |= {f"best.{name}": tensor for name, tensor in best.items()}
    tensors |= {f"rng.{name}": value for name, value in team.random_states(rng_state(device)).items()}
    tensors = {name: whole(tensor) for name, tensor in tensors.items()}
    if not team.first:
        return
    plain = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in tensors.items()}
    content = json.dumps({"schema": SCHEMA, "identity": identity, "position": asdict(position)})
    write_atomically(path, save(plain, metadata={"course": content}))


@dataclass(frozen=True)
class Checkpoint:
    """The content of a checkpoint."""

    identity: dict[str, Any]
    position: Position
    tensors: dict[str, Tensor]

    def part(self, name: str) -> dict[str, Tensor]:
        """Return the tensors of one part: ``model``, ``best`` or ``rng``."""
        return {key.partition(".")[2]: tensor for key, tensor in self.tensors.items() if key.startswith(f"{name}.")}

    def restore(
        self, model: nn.Module, optimizer: torch.optim.Optimizer, device: torch.device, team: Team = ALONE
    ) -> None:
        """Restore a model and an optimizer of the same structure.

        Raises:
            RecipeError: they have another structure.
        """
        own, saved = changing(model), self.part("model")
        if {name: tensor.shape for name, tensor in own.items()} != {name: t.shape for name, t in saved.items()}:
            raise RecipeError(
                say(
                    "the checkpoint is from a different run: its weights do not match this model. Start "
                    "over with --overwrite"
                )
            )
        with torch.no_grad():
            for name, tensor in own.items():
                tensor.copy_(like(saved[name], tensor))
        learned = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        state: dict[int, dict[str, Tensor]] = {}
        for key, tensor in self.part("optimizer").items():
            place, _, name = key.partition(".")
            moment = tensor.shape == learned[int(place)].shape
            state.setdefault(int(place), {})[name] = like(tensor, learned[int(place)]) if moment else tensor
        optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
        set_rng_state(team.own_random_states(self.part("rng")), device)


def load_checkpoint(path: Path, identity: Mapping[str, Any]) -> Checkpoint:
    """Read a checkpoint.

    Raises:
        RecipeError: there is none, it is damaged, or it belongs to another run.
    """
    try:
        with safe_open(path, framework="pt") as file:
            content = json.loads((file.metadata() or {})["course"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}
        if content["schema"] != SCHEMA:
            raise ValueError(say("its schema is {schema!r}", schema=content["schema"]))
        checkpoint = Checkpoint(content["identity"], Position(**content["position"]), tensors)
    except FileNotFoundError as error:
        raise RecipeError(
            say(
                ("there is no checkpoint {path}, so there is nothing to resume. Leave out --resume to start a run"),
                path=path,
            )
        ) from error
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise RecipeError(
            say("the checkpoint {path} cannot be read ({reason}). Start over with --overwrite", path=path, reason=error)
        ) from error
    plain = json.loads(json.dumps(identity))
    differs = [name for name in plain if plain[name] != checkpoint.identity.get(name)]
    if differs:
        what = listed(
            say(
                "{name} ({before}, now {now})",
                name=say(name),  # words, or the name of an option
                before=_short(checkpoint.identity.get(name)),
                now=_short(plain[name]),
            )
            for name in differs
        )
        raise RecipeError(
            say(
                "the checkpoint {path} is from a different run: it differs in {what}. Start over with --overwrite",
                path=path,
                what=what,
            )
        )
    return checkpoint


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 20 else f"{text[:12]}..."
