"""The reference of exercise-2 against independent oracles: transformers, torch, and rules applied by hand.

The grader can use the reference as a standard only because it was tested here. Every case is drawn from its own seed,
sizes differ, and each test counts its cases.
"""

from __future__ import annotations

import itertools
import math
import random
import types
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForNextSentencePrediction,
    BertModel,
    DataCollatorForLanguageModeling,
    FillMaskPipeline,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Model,
)

from grader.judge.check import load_file
from scripts.figures import objectives as figures_objectives
from scripts.pictures import objectives as pictures
from solutions import objectives
from solutions.objectives import IGNORED
from tests.oracles import close, draws

ROOT = Path(__file__).resolve().parents[1]
LESSON = ROOT / "course" / "lessons" / "en" / "objectives.md"
CASES = 120

# transformers warns of its own future changes, which are not about our code.
pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def right_padded(draw: random.Random, rows: int, length: int) -> Tensor:
    """Return a mask (rows, length) of 1 and 0, with at least two tokens in each row."""
    return torch.tensor([[1] * n + [0] * (length - n) for n in (draw.randint(2, length) for _ in range(rows))])


# --- mask_tokens ------------------------------------------------------------------------------------------------------


def riddle(draw: random.Random) -> tuple[Tensor, Tensor, int, int, float]:
    """Return ids, a mask of special tokens, [MASK], V and p."""
    vocabulary = draw.randint(20, 500)
    ids = torch.randint(5, vocabulary, (draw.randint(1, 6), draw.randint(2, 40)))
    return ids, torch.rand(ids.shape) < 0.2, 4, vocabulary, draw.choice([0.0, 0.15, 0.4, 1.0, draw.random()])


def test_mask_tokens_follows_the_rule_token_by_token():
    """The same random draws, read by the rule of the paper, one token at a time."""
    looked = 0
    for draw in draws(CASES):
        ids, special, mask_id, vocabulary, p = riddle(draw)
        seed = draw.getrandbits(30)
        before = ids.clone()
        corrupted, labels = objectives.mask_tokens(
            ids, special, mask_id, vocabulary, p, torch.Generator().manual_seed(seed)
        )
        dice = torch.Generator().manual_seed(seed)
        first, second = (torch.rand(ids.shape, generator=dice).tolist() for _ in range(2))
        strangers = torch.randint(vocabulary, ids.shape, generator=dice).tolist()
        for b, t in itertools.product(*map(range, ids.shape)):
            token, label = int(ids[b, t]), IGNORED
            shown = token
            if not special[b, t] and first[b][t] < p:
                label = token
                if second[b][t] < 0.8:
                    shown = mask_id
                elif second[b][t] < 0.9:
                    shown = strangers[b][t]
            assert (corrupted[b, t], labels[b, t]) == (shown, label)
            looked += 1
        assert torch.equal(ids, before) and corrupted.dtype == labels.dtype == torch.int64
    assert looked > 20 * CASES


def test_mask_tokens_agrees_with_the_collator_of_transformers():
    """Up to seven standard deviations, equally many tokens are selected, and equally many are treated in each way."""
    ids, special = figures_objectives.texts()
    makers = {
        "ours": lambda dice: objectives.mask_tokens(ids, special, 103, 30_522, generator=dice),
        "theirs": lambda dice: figures_objectives.collate(ids, special, dice.initial_seed()),
    }
    looked = 0
    for make in makers.values():
        found = [
            figures_objectives.shares(ids, special, *make(torch.Generator().manual_seed(seed))) for seed in range(5)
        ]
        n = 5 * int((~special).sum())
        for what, percent, of in (
            ("selected", 15, n),
            ("masked", 80, 0.15 * n),
            ("random", 10, 0.15 * n),
            ("kept", 10, 0.15 * n),
        ):
            mean = sum(float(getattr(shares, what)) for shares in found) / len(found)
            assert abs(100 * mean - percent) < 7 * math.sqrt(percent * (100 - percent) / of) + 0.01, what
            looked += 1
    assert looked == 8


def test_mask_tokens_leaves_what_the_collator_leaves():
    looked = 0
    for draw in draws(CASES):
        ids, special, mask_id, vocabulary, p = riddle(draw)
        tokenizer = figures_objectives.Vocabulary(mask_id, vocabulary)
        collator = DataCollatorForLanguageModeling(tokenizer=tokenizer, mlm=True, mlm_probability=p)
        collator.generator = torch.Generator().manual_seed(draw.getrandbits(30))
        for corrupted, labels in (
            objectives.mask_tokens(ids, special, mask_id, vocabulary, p),
            collator.torch_mask_tokens(ids.clone(), special),
        ):
            selected = labels != IGNORED
            assert torch.equal(labels[selected], ids[selected]) and torch.equal(corrupted[~selected], ids[~selected])
            assert not (selected & special).any() and 0 <= corrupted.min() and corrupted.max() < vocabulary
            assert p not in (0.0, 1.0) or torch.equal(selected, ~special & (p == 1.0))
            looked += 1
    assert looked == 2 * CASES


# --- losses -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bert() -> BertForMaskedLM:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=31,
        hidden_size=12,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=17,
        max_position_embeddings=16,
        initializer_range=0.5,
    )
    return BertForMaskedLM(config).eval()


@pytest.fixture(scope="module")
def gpt() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=31,
        n_embd=12,
        n_layer=1,
        n_head=2,
        n_positions=16,
        bos_token_id=0,
        eos_token_id=0,
        initializer_range=0.5,
    )
    return GPT2LMHeadModel(config).eval()


def test_mlm_loss_is_that_of_bert(bert: BertForMaskedLM):
    looked = 0
    for draw in draws(CASES):
        ids = torch.randint(0, 31, (draw.randint(1, 4), draw.randint(2, 15)))
        labels = ids.masked_fill(torch.rand(ids.shape) < draw.random(), IGNORED)
        labels[0, 0] = ids[0, 0]
        with torch.no_grad():
            output = bert(input_ids=ids, labels=labels)
        close(objectives.mlm_loss(output.logits, labels), output.loss, 1e-6)
        looked += 1
    assert looked == CASES


def test_mlm_loss_has_the_gradient_of_cross_entropy():
    looked = 0
    for draw in draws(CASES):
        logits = 5 * torch.randn(draw.randint(1, 4), draw.randint(1, 7), draw.randint(2, 9))
        labels = torch.randint(0, logits.shape[-1], logits.shape[:2])
        labels = labels.masked_fill(torch.rand(labels.shape) < 0.5, IGNORED)
        labels[-1, -1] = 0
        ours, theirs = logits.clone().requires_grad_(), logits.clone().requires_grad_()
        objectives.mlm_loss(ours, labels).backward()
        F.cross_entropy(theirs.mT, labels).backward()
        close(ours.grad, theirs.grad, 1e-6)
        assert not ours.grad[labels == IGNORED].any()
        looked += 1
    assert looked == CASES


def test_mlm_loss_without_labels_is_zero_where_transformers_says_nan(bert: BertForMaskedLM):
    looked = 0
    for draw in draws(30):
        ids = torch.randint(0, 31, (draw.randint(1, 4), draw.randint(2, 15)))
        labels = torch.full_like(ids, IGNORED)
        output = bert(input_ids=ids, labels=labels)
        assert output.loss.isnan()
        loss = objectives.mlm_loss(output.logits, labels)
        loss.backward()
        assert loss == 0 and not any(p.grad.any() for p in bert.parameters() if p.grad is not None)
        looked += 1
    assert looked == 30


def test_clm_loss_is_that_of_gpt2(gpt: GPT2LMHeadModel):
    looked = 0
    for draw in draws(CASES):
        ids = torch.randint(0, 31, (draw.randint(1, 4), draw.randint(2, 15)))
        mask = right_padded(draw, *ids.shape) if draw.random() < 0.7 else None
        labels = ids if mask is None else ids.masked_fill(mask == 0, IGNORED)
        with torch.no_grad():
            output = gpt(input_ids=ids, attention_mask=mask, labels=labels)
        close(objectives.clm_loss(output.logits, ids, mask), output.loss, 1e-6)
        if mask is not None:
            close(objectives.clm_loss(output.logits, ids, mask.bool()), output.loss, 1e-6)
        looked += 1
    assert looked == CASES


def test_clm_loss_without_any_target_is_zero():
    logits = torch.randn(2, 1, 5, requires_grad=True)
    loss = objectives.clm_loss(logits, torch.ones(2, 1, dtype=torch.long))
    loss.backward()
    assert loss == 0 and not logits.grad.any()


# --- attention_visibility ---------------------------------------------------------------------------------------------


def reached(model: nn.Module, mask: Tensor) -> Tensor:
    """Return (T, T) bool: whether the state at i of a one-layer model depends on the input vector at j."""
    length = mask.shape[1]
    inputs = torch.randn(1, length, 12, requires_grad=True)
    states = model(inputs_embeds=inputs, attention_mask=mask).last_hidden_state[0]
    rows = []
    for query in range(length):
        (gradient,) = torch.autograd.grad(states[query].square().sum(), inputs, retain_graph=True)
        rows.append(gradient[0].abs().sum(-1) > 0)
    return torch.stack(rows)


@pytest.mark.parametrize("causal", [False, True])
def test_attention_visibility_is_what_reaches_a_state_of_bert_and_gpt2(
    causal: bool, bert: BertForMaskedLM, gpt: GPT2LMHeadModel
):
    model: BertModel | GPT2Model = gpt.transformer if causal else bert.bert
    looked = 0
    for draw in draws(CASES):
        mask = right_padded(draw, 1, draw.randint(2, 7))
        if draw.random() < 0.5:
            mask = mask.flip(1)
        real = mask[0].bool()
        assert torch.equal(objectives.attention_visibility(mask, causal)[0, real], reached(model, mask)[real])
        looked += int(real.sum())
    assert looked > 3 * CASES


def test_attention_visibility_serves_torch():
    looked = 0
    for draw in draws(CASES):
        B, T = draw.randint(1, 4), draw.randint(1, 9)
        query, key, value = torch.randn(3, B, T, 6).unbind(0)
        causal = draw.random() < 0.5
        visible = objectives.attention_visibility(torch.ones(B, T, dtype=torch.long), causal)
        close(
            F.scaled_dot_product_attention(query, key, value, attn_mask=visible),
            F.scaled_dot_product_attention(query, key, value, is_causal=causal),
            2e-6,
        )
        if causal:
            hidden = nn.Transformer.generate_square_subsequent_mask(T).isinf()
            assert torch.equal(visible, ~hidden.expand(B, T, T))
        looked += 1
    assert looked == CASES


# --- make_nsp_pairs ---------------------------------------------------------------------------------------------------


def test_make_nsp_pairs_keeps_its_promises():
    looked, ones = 0, 0
    for draw in draws(CASES):
        lengths = [draw.randint(1, 6) for _ in range(draw.randint(1, 8))] + [draw.randint(2, 5)]
        documents = [[f"{d}.{s}" for s in range(n)] for d, n in enumerate(lengths)]
        seed, n = draw.getrandbits(30), draw.randint(0, 200)
        pairs = objectives.make_nsp_pairs(documents, n, random.Random(seed))
        assert len(pairs) == n and pairs == objectives.make_nsp_pairs(documents, n, random.Random(seed))
        for first, second, label in pairs:
            (d, s), (e, t) = (tuple(map(int, sentence.split("."))) for sentence in (first, second))
            assert (d == e and t == s + 1) if label == 0 else (label == 1 and d != e)
            looked += 1
            ones += label
    assert looked > 5000 and abs(ones / looked - 0.5) < 3.5 / math.sqrt(looked)  # seven standard deviations


def test_labels_of_pairs_are_those_of_transformers():
    documentation = " ".join(BertForNextSentencePrediction.forward.__doc__.split())
    assert f"{objectives.IS_NEXT} indicates sequence B is a continuation of sequence A" in documentation
    assert f"{objectives.NOT_NEXT} indicates sequence B is a random sequence" in documentation


# --- fill_mask_topk ---------------------------------------------------------------------------------------------------


class Words:
    """The part of a tokenizer that the pipeline needs."""

    mask_token_id, pad_token_id = 4, 0

    def decode(self, tokens: object, **_: object) -> str:
        return str(tokens)


def test_fill_mask_topk_is_the_pipeline_of_transformers():
    looked = 0
    for draw in draws(CASES):
        ids = torch.randint(0, 9, (draw.randint(1, 12),))
        logits, k = 3 * torch.randn(len(ids), draw.randint(9, 40)), draw.randint(1, 9)
        guesses = objectives.fill_mask_topk(logits, ids, 4, k)
        n_masks = int((ids == 4).sum())
        assert len(guesses) == n_masks
        if not n_masks:
            continue
        stub = types.SimpleNamespace(tokenizer=Words())
        theirs = FillMaskPipeline.postprocess(stub, {"input_ids": ids[None], "logits": logits[None]}, top_k=k)
        theirs = [theirs] if n_masks == 1 else theirs  # the pipeline unpacks a single answer
        assert [[(entry["token"], entry["score"]) for entry in row] for row in theirs] == guesses
        looked += 1
    assert looked > 60


def test_fill_mask_topk_agrees_with_softmax_in_float64():
    looked = 0
    for draw in draws(CASES):
        ids = torch.randint(0, 5, (draw.randint(1, 12),))
        logits, k = 3 * torch.randn(len(ids), draw.randint(9, 40)), draw.randint(1, 9)
        guesses = objectives.fill_mask_topk(logits, ids, 4, k)
        places = [place for place, token in enumerate(ids.tolist()) if token == 4]
        assert len(guesses) == len(places)
        for place, row in zip(places, guesses, strict=True):
            weights = [math.exp(score) for score in logits[place].tolist()]
            order = sorted(range(len(weights)), key=lambda token, weights=weights: -weights[token])[:k]
            assert [token for token, _ in row] == order
            assert [p for _, p in row] == pytest.approx([weights[token] / sum(weights) for token in order], abs=1e-6)
            looked += 1
    assert looked > 100


# --- the files around the reference -----------------------------------------------------------------------------------


# --- the lesson -------------------------------------------------------------------------------------------------------


def test_constants_are_those_of_the_reference():
    module = load_file(ROOT / "exercises" / "objectives.py", "objectives_skeleton")
    assert (module.IGNORED, module.IS_NEXT, module.NOT_NEXT) == (IGNORED, objectives.IS_NEXT, objectives.NOT_NEXT)


def test_the_picture_says_80_10_10():
    percent = [float(share.rstrip("%")) for share, _, _ in pictures.FATES]
    assert percent == [80, 10, 10]
    assert [float(of_all.rstrip("%")) for _, _, of_all in pictures.FATES] == [0.15 * share for share in percent]
