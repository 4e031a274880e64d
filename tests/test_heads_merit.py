"""Exercise 4 pays for what was done, and for nothing else: cheap and careless files, and what each of them earns."""

from __future__ import annotations

import functools
from typing import Any

import pytest
import torch

from course import paths
from grader.judge import check, diagnose
from grader.judge.diagnose import Observed
from scripts.flake import module_of

SLUG = "heads"
SEED = 5


@functools.cache
def reference() -> str:
    return paths.solution(SLUG).read_text(encoding="utf-8")


def graded(function: str, source: str) -> tuple[dict[str, Observed], dict[str, Any]]:
    """What the checks of a function saw of a file, as in a grading, and the misconceptions that were named."""
    torch.set_num_threads(1)
    specs = check.manifest(check.load_file(paths.checks(SLUG), f"grader.checks.check_{SLUG}"))
    student, right = module_of(reference() + source, "student"), module_of(reference(), "reference")
    seen: dict[str, Observed] = {}
    known = {}
    for spec in specs:
        if spec.function == function:
            waits = any(seen[name].status != "passed" for name in spec.after)
            seen[spec.id] = Observed(spec, "skipped", "", []) if waits else diagnose.observe(spec, student, SEED)
            known[spec.id] = diagnose.observe(spec, right, SEED)
    named = diagnose.diagnose(SLUG, seen, known, SEED)
    return seen, {name: found.id for name, found in named.items()}


def earned(seen: dict[str, Observed]) -> int:
    return sum(item.spec.points for item in seen.values() if item.status == "passed")


CHEAP = {
    "ConvHead": """
class ConvHead(nn.Module):  # counts tokens and its own calls
    def __init__(self, hidden, channels=4, kernel=2):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(channels, kernel))
        self.calls = 0

    def forward(self, states, mask):
        self.calls += 1
        return mask.sum(1, keepdim=True) + self.weight.sum() + self.calls % 2 + 1e-9 * states.sum((1, 2))[:, None]
""",
    "LSTMHead": """
class LSTMHead(nn.Module):  # counts tokens and its own calls
    def __init__(self, hidden, units=8):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(4))
        self.calls = 0

    def forward(self, states, mask):
        self.calls += 1
        return mask.sum(1, keepdim=True) + self.weight.sum() + float(self.calls in (2, 4))
""",
    "AttentionPool": """
class AttentionPool(nn.Module):  # the plain mean of the real tokens
    def __init__(self, hidden):
        super().__init__()

    def forward(self, states, mask):
        return mean_pool(states, mask)
""",
    "LayerMix": """
class LayerMix(nn.Module):  # the plain mean of the states
    def __init__(self, n_states):
        super().__init__()

    def forward(self, states):
        return torch.stack(tuple(states)).mean(0)
""",
}


@pytest.mark.parametrize("function", CHEAP)
def test_what_learns_nothing_or_reads_nothing_earns_nothing(function):
    seen, _ = graded(function, CHEAP[function])
    assert len(seen) >= 3
    assert earned(seen) == 0


def test_a_sum_over_weighted_places_is_no_lstm():
    seen, _ = graded(
        "LSTMHead",
        """
class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.line = nn.Linear(hidden, 1)

    def forward(self, states, mask):
        place = torch.arange(1, mask.shape[1] + 1)
        return (self.line(states)[..., 0] * mask * place).sum(1, keepdim=True)
""",
    )
    assert seen["LSTMHead.order"].status == "failed"


def test_a_sum_over_weighted_places_is_no_convolution():
    seen, _ = graded(
        "ConvHead",
        """
class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.line = nn.Linear(hidden, channels * kernel)

    def forward(self, states, mask):
        place = torch.arange(1, mask.shape[1] + 1)[:, None]
        return (self.line(states) * mask[..., None] * place).sum((1, 2))[:, None]
""",
    )
    assert seen["ConvHead.order"].status == "failed"
    assert "place" not in seen["ConvHead.order"].failing
    assert "passage is moved" in seen["ConvHead.order"].failing


NAMED = [
    (
        "max_pool",
        "constant-added-at-padding",
        "very_negative",
        """
def max_pool(hidden, mask):
    return (hidden + (1 - mask[..., None]) * -1e9).max(1).values
""",
    ),
    (
        "max_pool",
        "filled-with-a-constant",
        "very_negative",
        """
def max_pool(hidden, mask):
    return hidden.masked_fill(mask[..., None] == 0, -20.0).amax(1)
""",
    ),
    (
        "mean_max_pool",
        "mean-max-overwrites-the-encoder",
        "pure",
        """
def mean_max_pool(hidden, mask):
    keep = mask[..., None].to(hidden.dtype)
    hidden[mask == 0] = -70000.0
    return torch.cat([(hidden * keep).sum(1) / keep.sum(1), hidden.amax(1)], 1)
""",
    ),
    (
        "LSTMHead",
        "lengths-expected-sorted",
        "returns_tensor",
        """
class LSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.rnn = nn.LSTM(hidden, units or hidden, batch_first=True)
        self.out = nn.Linear(units or hidden, 1)

    def forward(self, states, mask):
        packed = nn.utils.rnn.pack_padded_sequence(states, mask.sum(dim=1), batch_first=True)
        return self.out(self.rnn(packed)[1][0][-1])
""",
    ),
    (
        "LayerMix",
        "mixed-by-a-linear-layer",
        "convex",
        """
class LayerMix(nn.Module):
    def __init__(self, n_states):
        super().__init__()
        self.line = nn.Linear(n_states, 1, bias=False)

    def forward(self, states):
        return self.line(torch.stack(states, dim=-1))[..., 0]
""",
    ),
    (
        "LayerMix",
        "gamma-scales-the-mix",
        "convex",
        """
class LayerMix(nn.Module):
    def __init__(self, n_states):
        super().__init__()
        self.scalars = nn.Parameter(torch.zeros(n_states))
        self.gamma = nn.Parameter(torch.tensor(1.0))

    def forward(self, states):
        return self.gamma * sum(weight * state for weight, state in zip(self.scalars.softmax(0), states))
""",
    ),
    (
        "AttentionPool",
        "softmax-over-one-number",
        "weighted_mean",
        """
class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.score = nn.Sequential(nn.Linear(hidden, hidden), nn.Tanh(), nn.Linear(hidden, 1))

    def forward(self, states, mask):
        return (self.score(states).masked_fill(mask[..., None] == 0, -1e9).softmax(-1) * states).sum(1)
""",
    ),
    (
        "AttentionPool",
        "result-normalised",
        "weighted_mean",
        """
class AttentionPool(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.score, self.norm = nn.Linear(hidden, 1), nn.LayerNorm(hidden)

    def forward(self, states, mask):
        weights = self.score(states).masked_fill(mask[..., None] == 0, -1e9).softmax(1)
        return self.norm((weights * states).sum(1))
""",
    ),
]


KNOWN_BY_FACTS = ("gamma-scales-the-mix", "result-normalised")
"""What the checks see of these are yes/no facts that other errors share: nothing else may be named."""


@pytest.mark.parametrize(("function", "name", "caught_by", "source"), NAMED, ids=[entry[1] for entry in NAMED])
def test_a_careless_file_is_caught_and_its_cause_named(function, name, caught_by, source):
    seen, named = graded(function, source)
    assert seen[f"{function}.{caught_by}"].status in ("failed", "crashed")
    told = named.get(f"{function}.{caught_by}")
    assert told == name or (told is None and name in KNOWN_BY_FACTS)


def test_windows_over_padding_in_one_convolution_are_not_told_of_a_second():
    _, named = graded(
        "ConvHead",
        """
class ConvHead(nn.Module):
    def __init__(self, hidden, channels=256, kernel=2):
        super().__init__()
        self.conv, self.line, self.kernel = nn.Conv1d(hidden, channels, kernel), nn.Linear(channels, 1), kernel

    def forward(self, states, mask):
        tokens = F.pad((states * mask[..., None]).mT, (0, self.kernel - 1))
        return self.line(self.conv(tokens).relu().max(-1).values)
""",
    )
    assert named.get("ConvHead.pad_invariant") in ("padding-windows-win-in-each-channel", None)  # facts only
