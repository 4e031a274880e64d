"""Exercise 4 pays only for work that was done: cheap and careless files, and the points that they earn."""

from __future__ import annotations

import pytest

from tests.merit import grade

SLUG = "heads"
pytestmark = pytest.mark.usefixtures("one_thread")

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
    graded = grade(SLUG, function, CHEAP[function])
    assert len(graded.observed) >= 3
    assert graded.points == 0


def test_a_sum_over_weighted_places_is_no_lstm():
    graded = grade(
        SLUG,
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
    assert graded.observed["LSTMHead.order"].status == "failed"


def test_a_sum_over_weighted_places_is_no_convolution():
    graded = grade(
        SLUG,
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
    assert graded.observed["ConvHead.order"].status == "failed"
    assert "place" not in graded.observed["ConvHead.order"].failing
    assert "passage is moved" in graded.observed["ConvHead.order"].failing


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
"""The checks see only yes/no facts of these, which other errors share: nothing else may be named."""


@pytest.mark.parametrize(("function", "name", "caught_by", "source"), NAMED, ids=[entry[1] for entry in NAMED])
def test_a_careless_file_is_caught_and_its_cause_named(function, name, caught_by, source):
    graded = grade(SLUG, function, source)
    assert f"{function}.{caught_by}" in graded.wrong
    told = graded.names.get(f"{function}.{caught_by}")
    assert told == name or (told is None and name in KNOWN_BY_FACTS)


def test_windows_over_padding_in_one_convolution_are_not_told_of_a_second():
    graded = grade(
        SLUG,
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
    assert graded.names.get("ConvHead.pad_invariant") in ("padding-windows-win-in-each-channel", None)  # facts only
