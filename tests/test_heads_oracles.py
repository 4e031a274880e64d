"""The reference of exercise-4 against independent oracles: numpy's masked arrays, torch's own packing, attention and
convolution on single texts, and the encoders of transformers.

Every case is drawn from its own seed, sizes differ, and each test counts its cases. The code and the picture of the
lesson are compared with the programs that make them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sample import thorough
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from scripts.figures import heads as figures_heads
from scripts.pictures import heads as picture
from solutions import heads
from tests.oracles import close, masked_array, randomize, texts_alone

ROOT = Path(__file__).resolve().parents[1]
LESSON = ROOT / "course" / "lessons" / "en" / "heads.md"
CASES = 120

# transformers warns of its own future changes, which are not about our code.
pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def batches(n: int = CASES, holes: bool = False) -> Iterator[tuple[random.Random, Tensor, Tensor]]:
    """Yield hidden states and masks (int64) of n batches, padded on the right or anywhere; each text has a token."""
    for seed in range(n):
        torch.manual_seed(seed)
        draw = random.Random(seed)
        n_texts, n_tokens, width = draw.randint(1, 5), draw.randint(1, 9), draw.randint(1, 8)
        lengths = torch.randint(1, n_tokens + 1, (n_texts,))
        mask = (torch.arange(n_tokens) < lengths[:, None]).long()
        if holes:
            mask = torch.stack([row[torch.randperm(n_tokens)] for row in mask])
        yield draw, torch.randn(n_texts, n_tokens, width) * draw.choice([0.1, 1.0, 10.0]), mask


# --- poolings agree with numpy's masked arrays ------------------------------------------------------------------------


def test_mean_pool_is_the_mean_of_a_masked_array():
    looked = 0
    for draw, hidden, mask in batches(holes=True):
        dtype = draw.choice([torch.bool, torch.int64, torch.uint8, torch.float32, torch.float64])
        want = torch.from_numpy(masked_array(hidden, mask).mean(1).filled())
        close(heads.mean_pool(hidden, mask.to(dtype)), want.float())
        looked += 1
    assert looked == CASES


def test_max_pool_is_the_maximum_of_a_masked_array():
    looked = 0
    for draw, hidden, mask in batches(holes=True):
        dtype = draw.choice([torch.float64, torch.float32, torch.float16, torch.bfloat16])
        hidden = (hidden - draw.choice([0.0, 30.0, 6e4])).clamp(min=-65504).to(dtype)
        got = heads.max_pool(hidden, mask)
        assert got.dtype == dtype
        assert torch.equal(got.double(), torch.from_numpy(masked_array(hidden, mask).max(1).filled()))
        looked += 1
    assert looked == CASES


def test_mean_max_pool_is_both():
    looked = 0
    for _, hidden, mask in batches(holes=True):
        array = masked_array(hidden, mask)
        want = torch.from_numpy(np.concatenate([array.mean(1), array.max(1)], axis=1))
        close(heads.mean_max_pool(hidden, mask), want.float())
        looked += 1
    assert looked == CASES


def test_an_empty_text_is_finite():
    pooled = heads.mean_pool(torch.randn(2, 3, 4), torch.tensor([[0, 0, 0], [1, 0, 0]]))
    assert pooled.isfinite().all()


# --- heads: torch's own layers on single texts ------------------------------------------------------------------------


def test_conv_head_is_two_plain_convolutions_on_each_text_alone():
    looked = 0
    for draw, hidden, mask in batches():
        kernel = draw.randint(1, 4)
        head = heads.ConvHead(hidden.shape[-1], channels=draw.randint(1, 6), kernel=kernel)
        randomize(*head.parameters(), std=0.5)
        first, second = (layer for layer in head.modules() if isinstance(layer, nn.Conv1d))
        want = []
        for text in texts_alone(hidden, mask):
            features = F.conv1d(F.pad(text.mT, (0, kernel - 1)), first.weight, first.bias).relu()
            want.append(F.conv1d(F.pad(features, (0, kernel - 1)), second.weight, second.bias).max())
        close(head(hidden, mask), torch.stack(want)[:, None])
        looked += 1
    assert looked == CASES


def test_lstm_head_is_torchs_packed_sequence():
    looked = 0
    for draw, hidden, mask in batches():
        head = heads.LSTMHead(hidden.shape[-1], draw.choice([None, 1, 3, 7]))
        randomize(*head.parameters(), std=0.5)
        packed = nn.utils.rnn.pack_padded_sequence(hidden, mask.sum(1), batch_first=True, enforce_sorted=False)
        _, (final, _) = head.lstm(packed)
        close(head(hidden, mask), head.regressor(final[0]))
        looked += 1
    assert looked == CASES


def test_layer_mix_is_numpys_weighted_average():
    looked = 0
    for draw, hidden, _ in batches():
        states = tuple(torch.randn_like(hidden) for _ in range(draw.randint(1, 14)))
        mix = heads.LayerMix(len(states))
        close(mix(states), torch.from_numpy(np.average([state.numpy() for state in states], axis=0)))
        randomize(*mix.parameters(), std=0.5)
        weights = np.exp(mix.logits.detach().double().numpy())
        want = torch.from_numpy(np.average([state.double().numpy() for state in states], 0, weights))
        close(mix(states), want.float())
        looked += 1
    assert looked == CASES


def test_attention_pool_is_torchs_attention_with_the_scores_as_its_bias():
    looked = 0
    for _, hidden, mask in batches(holes=True):
        pool = heads.AttentionPool(hidden.shape[-1])
        randomize(*pool.parameters(), std=0.5)
        scores = pool.outer(torch.tanh(pool.inner(hidden))).mT.masked_fill(mask[:, None] == 0, -torch.inf)
        want = F.scaled_dot_product_attention(torch.zeros_like(hidden[:, :1]), hidden, hidden, attn_mask=scores)
        close(pool(hidden, mask), want[:, 0])
        looked += 1
    assert looked == CASES


# --- with an encoder of transformers ----------------------------------------------------------------------------------


def encoder(draw: random.Random) -> BertModel:
    """Return a narrow BERT with random depth and weights."""
    config = BertConfig(
        vocab_size=30,
        hidden_size=8,
        num_hidden_layers=draw.randint(4, 6),
        num_attention_heads=2,
        intermediate_size=12,
        max_position_embeddings=32,
    )
    return BertModel(config, add_pooling_layer=False).eval()


def tokens(draw: random.Random) -> tuple[Tensor, Tensor]:
    """Return token ids and mask of a batch."""
    lengths = torch.tensor([draw.randint(1, 9) for _ in range(draw.randint(2, 4))])
    mask = (torch.arange(int(lengths.max())) < lengths[:, None]).long()
    return torch.randint(1, 30, mask.shape) * mask, mask


@torch.no_grad()
def test_cls_concat_takes_what_the_layers_of_bert_really_put_out():
    looked = 0
    for seed in range(CASES):
        torch.manual_seed(seed)
        draw = random.Random(seed)
        model, (ids, mask) = encoder(draw), tokens(draw)
        seen: list[Tensor] = []
        for layer in model.encoder.layer:
            layer.register_forward_hook(
                lambda module, args, output, seen=seen: seen.append(output[0] if isinstance(output, tuple) else output)
            )
        states = model(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
        assert len(states) == len(seen) + 1 == model.config.num_hidden_layers + 1
        n_last = draw.randint(1, len(seen))
        close(heads.cls_concat(states, n_last), torch.cat([state[:, 0] for state in seen[::-1][:n_last]], dim=1))
        first = states[0][:, 0]
        assert (ids[:, 0] != ids[0, 0]).any() or torch.equal(first, first[:1].expand_as(first))
        looked += 1
    assert looked == CASES


@thorough
@torch.no_grad()
def test_every_head_scores_a_text_in_a_padded_batch_as_it_does_alone():
    looked = 0
    for seed in range(CASES):
        torch.manual_seed(seed)
        draw = random.Random(seed)
        model, (ids, mask) = encoder(draw), tokens(draw)
        mix = heads.LayerMix(model.config.num_hidden_layers + 1)
        conv, lstm, attention = heads.ConvHead(8, 5, draw.randint(2, 3)), heads.LSTMHead(8, 3), heads.AttentionPool(8)
        for module in (mix, conv, lstm, attention):
            randomize(*module.parameters(), std=0.5)

        def answers(ids: Tensor, mask: Tensor) -> list[Tensor]:
            states = model(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states  # noqa: B023
            last, mixed = states[-1], mix(states)  # noqa: B023
            pools = [pool(mixed, mask) for pool in (heads.mean_pool, heads.max_pool, heads.mean_max_pool)]
            return [*pools, conv(last, mask), lstm(last, mask), attention(last, mask), heads.cls_concat(states)]  # noqa: B023

        alone = [
            answers(row[None, : keep.sum()], keep[None, : keep.sum()]) for row, keep in zip(ids, mask, strict=True)
        ]
        for got, want in zip(answers(ids, mask), map(torch.cat, zip(*alone, strict=True)), strict=True):
            close(got, want, tolerance=1e-4)
        looked += 1
    assert looked == CASES


def test_the_model_of_the_lesson_trains_with_every_head():
    code = re.search(r"```python\n(.*?)```", LESSON.read_text(encoding="utf-8"), re.S)
    assert code
    namespace: dict[str, type[nn.Module]] = {}
    exec(code.group(1), namespace)
    torch.manual_seed(0)
    draw = random.Random(0)
    ids, mask = tokens(draw)
    looked = 0
    for head in (heads.ConvHead(8, 5), heads.LSTMHead(8)):
        model = namespace["TextRegressor"](encoder(draw), head)
        score = model(ids, mask)
        assert score.shape == (len(ids), 1)
        F.mse_loss(score, torch.randn(len(ids), 1)).backward()
        assert all(parameter.grad is not None for parameter in model.parameters())
        looked += 1
    assert looked == 2


# --- the files around the reference -----------------------------------------------------------------------------------


# --- the lesson -------------------------------------------------------------------------------------------------------


def test_what_the_lesson_says_about_shapes_and_indices():
    hidden = torch.arange(4.0)[:, None]
    mask = torch.tensor([1, 1, 0, 0])
    assert hidden[mask].flatten().tolist() == [1, 1, 0, 0]
    assert hidden[mask.bool()].flatten().tolist() == [0, 1]
    blog = figures_heads.BlogConv(4)
    assert blog.cnn1(torch.ones(1, 4, 5)).shape[2] == 6
    assert blog.cnn2(blog.cnn1(torch.ones(1, 4, 5))).shape[2] == 7
    assert torch.finfo(torch.float16).min == -65504
    with pytest.warns(UserWarning, match="size"):
        F.mse_loss(torch.ones(3), torch.ones(3, 1))


def test_the_picture_counts_what_it_shows():
    assert "PAD wins 3 of 4 features" in picture.draw_padding()
