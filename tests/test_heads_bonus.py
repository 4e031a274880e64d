"""The bonus functions of exercise 4: compared with torch, and paid only for work that was done."""

from __future__ import annotations

import random

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from solutions import heads
from tests.merit import grade

SLUG = "heads"

# --- oracles ---


def batch(draw: random.Random, width: int) -> tuple[torch.Tensor, torch.Tensor, list[torch.Tensor]]:
    """Return a padded batch with random numbers after its texts, the mask, and the texts themselves."""
    texts = [torch.randn(draw.randint(1, 9), width) for _ in range(draw.randint(1, 5))]
    length = max(map(len, texts)) + draw.randint(0, 4)
    hidden, mask = 5 * torch.randn(len(texts), length, width), torch.zeros(len(texts), length, dtype=torch.long)
    for row, text in enumerate(texts):
        hidden[row, : len(text)], mask[row, : len(text)] = text, 1
    return hidden, mask, texts


def test_the_generalised_mean_is_a_norm_over_a_root_of_the_length():
    for seed in range(100):
        torch.manual_seed(seed)
        draw = random.Random(seed)
        hidden, mask, texts = batch(draw, draw.randint(1, 6))
        p = draw.uniform(1, 6)
        got = heads.GeMPool(p)(hidden, mask)
        for row, text in zip(got, texts, strict=True):
            want = torch.linalg.vector_norm(text.clamp(min=1e-6), ord=p, dim=0) / len(text) ** (1 / p)
            torch.testing.assert_close(row, want, rtol=1e-4, atol=1e-5)


def test_the_generalised_mean_lies_between_mean_and_maximum():
    torch.manual_seed(0)
    hidden, mask = torch.rand(4, 7, 5) + 0.1, torch.ones(4, 7)
    for one, other in zip((1.0, 2.0, 4.0, 9.0), (2.0, 4.0, 9.0, 30.0), strict=True):
        assert bool((heads.GeMPool(one)(hidden, mask) < heads.GeMPool(other)(hidden, mask)).all())
    torch.testing.assert_close(heads.GeMPool(1.0)(hidden, mask), hidden.mean(1))
    assert bool((heads.GeMPool(60.0)(hidden, mask) > 0.95 * hidden.amax(1)).all())


def test_bilstm_reads_every_text_as_torch_reads_it_alone():
    looked = 0
    for seed in range(60):
        torch.manual_seed(seed)
        draw = random.Random(seed)
        width, units = draw.randint(1, 6), draw.randint(1, 6)
        head = heads.BiLSTMHead(width, units)
        hidden, mask, texts = batch(draw, width)
        scores = head(hidden, mask)
        for score, text in zip(scores, texts, strict=True):
            states, _ = head.readers(text.unsqueeze(0))
            forth, back = states[0, -1, :units], states[0, 0, units:]
            torch.testing.assert_close(score, head.line(torch.cat([forth, back])), rtol=1e-4, atol=1e-5)
            looked += 1
    assert looked > 100


def test_kernels_are_convolutions_over_the_text_and_zeros_behind_it():
    for seed in range(60):
        torch.manual_seed(seed)
        draw = random.Random(seed)
        width, channels = draw.randint(1, 6), draw.randint(1, 5)
        kernels = draw.sample(range(1, 7), draw.randint(1, 3))
        head = heads.KernelsHead(width, channels, kernels)
        hidden, mask, texts = batch(draw, width)
        scores = head(hidden, mask)
        for score, text in zip(scores, texts, strict=True):
            found = []
            for branch, kernel in zip(head.branches, kernels, strict=True):
                windows = F.pad(text, (0, 0, 0, kernel - 1)).unfold(0, kernel, 1)  # (n, C, kernel)
                answers = torch.einsum("nck,dck->nd", windows, branch.weight) + branch.bias
                found.append(answers.relu().amax(0))
            torch.testing.assert_close(score, head.line(torch.cat(found)), rtol=1e-4, atol=1e-4)


# --- merit ---

NOTHING = {
    "zeros": (
        "GeMPool",
        """
class GeMPool(nn.Module):
    def __init__(self, p=3.0, eps=1e-6):
        super().__init__()
        self.p = nn.Parameter(torch.tensor(float(p)))
    def forward(self, h, mask): return 0 * self.p * h[:, 0]
""",
    ),
    "a mean": (
        "GeMPool",
        """
class GeMPool(nn.Module):
    def __init__(self, p=3.0, eps=1e-6):
        super().__init__()
        self.p = nn.Parameter(torch.tensor(float(p)))
    def forward(self, h, mask): return mean_pool(h, mask)
""",
    ),
    "the last answer for ever": (
        "KernelsHead",
        """
class KernelsHead(nn.Module):
    def __init__(self, hidden, channels=128, kernels=(2, 3, 4)):
        super().__init__()
        n = sum(channels * (hidden * k + 1) for k in kernels) + channels * len(kernels) + 1
        self.w = nn.Parameter(torch.zeros(n))
    def forward(self, h, mask): return self.w.sum() + torch.zeros(len(h), 1)
""",
    ),
    "the mask alone": (
        "BiLSTMHead",
        """
class BiLSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        u = units or hidden
        self.w = nn.Parameter(torch.zeros(8 * u * (hidden + u + 2) + 2 * u + 1))
    def forward(self, h, mask): return self.w.sum() * mask.sum(1, keepdim=True).float()
""",
    ),
}


@pytest.mark.parametrize("what", NOTHING)
def test_nothing_is_paid_for(what):
    function, source = NOTHING[what]
    graded = grade(SLUG, function, source)
    assert graded.points == 0, {name: item.status for name, item in graded.observed.items()}


WRONG = {
    # name: (function, checks that it loses, possible explanations, source)
    "a plain root": (
        "GeMPool",
        {"value", "learned"},
        {"gem-root-forgotten"},
        """
class GeMPool(nn.Module):
    def __init__(self, p=3.0, eps=1e-6):
        super().__init__()
        self.power, self.eps = nn.Parameter(torch.ones(1) * p), eps
    def forward(self, h, mask):
        x = torch.clamp(h, min=self.eps).pow(self.power) * mask.unsqueeze(-1)
        return x.sum(1) / mask.sum(1, keepdim=True)
""",
    ),
    "two mistakes: p fixed, and padding counted": (
        "GeMPool",
        {"value", "learned"},
        {"gem-p-not-trained", "gem-counts-padding"},
        """
class GeMPool(nn.Module):
    def __init__(self, p=3.0, eps=1e-6):
        super().__init__()
        self.p, self.eps = p, eps
    def forward(self, h, mask):
        x = torch.clamp(h, min=self.eps) ** self.p * mask.unsqueeze(-1)
        return x.mean(1) ** (1 / self.p)
""",
    ),
    "the state at the last token": (
        "BiLSTMHead",
        {"both_ends", "gradients"},
        {"backward-state-at-the-last-token"},
        """
class BiLSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.l = nn.LSTM(hidden, units or hidden, batch_first=True, bidirectional=True)
        self.o = nn.Linear(2 * (units or hidden), 1)
    def forward(self, h, mask):
        n = mask.sum(1)
        p = nn.utils.rnn.pack_padded_sequence(h, n, batch_first=True, enforce_sorted=False)
        s, _ = nn.utils.rnn.pad_packed_sequence(self.l(p)[0], batch_first=True)
        return self.o(s[range(len(n)), n - 1])
""",
    ),
    "not packed": (
        "BiLSTMHead",
        {"pad_invariant"},
        {"both-directions-not-packed"},
        """
class BiLSTMHead(nn.Module):
    def __init__(self, hidden, units=None):
        super().__init__()
        self.l = nn.LSTM(hidden, units or hidden, batch_first=True, bidirectional=True)
        self.o = nn.Linear(2 * (units or hidden), 1)
    def forward(self, h, mask):
        return self.o(torch.cat(tuple(self.l(h)[1][0]), -1))
""",
    ),
    "a plain list": (
        "KernelsHead",
        {"shape", "gradients"},
        {"plain-list-of-branches"},
        """
class KernelsHead(nn.Module):
    def __init__(self, hidden, channels=128, kernels=(2, 3, 4)):
        super().__init__()
        self.c = [nn.Conv1d(hidden, channels, k) for k in kernels]
        self.o = nn.Linear(channels * len(kernels), 1)
    def forward(self, h, mask):
        out = (mask == 0)[:, None]
        x = h.transpose(1, 2).masked_fill(out, 0.0)
        f = [F.relu(c(F.pad(x, (0, c.kernel_size[0] - 1)))).masked_fill(out, 0).max(2)[0] for c in self.c]
        return self.o(torch.cat(f, 1))
""",
    ),
    "a mask at the end only": (
        "KernelsHead",
        {"pad_invariant"},
        {"kernels-masked-at-the-maximum-only"},
        """
class KernelsHead(nn.Module):
    def __init__(self, hidden, channels=128, kernels=(2, 3, 4)):
        super().__init__()
        self.c = nn.ModuleList([nn.Conv1d(hidden, channels, k) for k in kernels])
        self.o = nn.Linear(channels * len(kernels), 1)
    def forward(self, h, mask):
        out = (mask == 0)[:, None]
        f = [
            F.relu(c(F.pad(h.transpose(1, 2), (0, c.kernel_size[0] - 1)))).masked_fill(out, 0).max(2)[0]
            for c in self.c
        ]
        return self.o(torch.cat(f, 1))
""",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_one_loses_the_right_points_and_is_named(what):
    function, lost, names, source = WRONG[what]
    graded = grade(SLUG, function, source)
    assert graded.lost == lost
    assert {name for told in graded.named for name in told.split(" + ")} <= names
    assert graded.named or len(names) > 1


def test_the_parts_are_modules_of_torch():
    assert isinstance(heads.BiLSTMHead(3).readers, nn.LSTM)
    assert [branch.kernel_size for branch in heads.KernelsHead(3).branches] == [(2,), (3,), (4,)]
