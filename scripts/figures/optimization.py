"""The computable figures of the lesson on optimizers: ``course figures optimization``.

Random numbers are drawn with a fixed seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import nn
from transformers import (
    DistilBertConfig,
    DistilBertModel,
    GPT2Config,
    GPT2Model,
    RobertaConfig,
    RobertaModel,
    get_linear_schedule_with_warmup,
)

from scripts.figures.figure import Figure, percent
from scripts.figures.models import bert, n_parameters
from scripts.figures.sources import RMSE, VALIDATION_ROWS, rmse_error

BLOG_NO_DECAY = ("bias", "LayerNorm.weight")
BLOG_HEADS = ("lstm", "cnn", "regressor")
BLOG_LLRD, BLOG_ONE_LAYER_ANEW = 0.5353, 0.5278
"""The blog's RMSE with layer-wise rates, and with one layer re-initialised."""
RATE = 2e-5
"""The chapter's learning rate."""


def decay() -> list[Figure]:
    """Weight decay: which parameters it applies to."""
    parameters = list(bert().parameters())
    vectors = [parameter for parameter in parameters if parameter.ndim < 2]
    rows = [
        Figure("tensors of BERT-base that are vectors", f"{len(vectors)} of {len(parameters)}"),
        Figure("numbers in them", f"{n_parameters(vectors):,}"),
    ]
    with torch.device("meta"):
        models = {
            "BERT": bert(),
            "DistilBERT": DistilBertModel(DistilBertConfig()),
            "GPT-2": GPT2Model(GPT2Config()),
        }
    for name, model in models.items():
        scales = [f"{path}.weight" for path, module in model.named_modules() if isinstance(module, nn.LayerNorm)]
        missed = [scale for scale in scales if not any(word in scale for word in BLOG_NO_DECAY)]
        rows.append(Figure(f"norms of {name} that the blog's list misses", f"{len(missed)} of {len(scales)}"))
    return rows


def shrink(make: Callable[[list[nn.Parameter]], torch.optim.Optimizer], scale: float) -> float:
    """Return the mean of 20,000 weights that start at 1, after 200 steps on pure-noise gradients."""
    generator = torch.Generator().manual_seed(0)
    weight = nn.Parameter(torch.ones(20_000))
    optimizer = make([weight])
    for _ in range(200):
        weight.grad = scale * torch.randn(weight.shape, generator=generator)
        optimizer.step()
    return weight.mean().item()


def decoupled() -> list[Figure]:
    """Weight decay in the gradient, and decoupled from it; learning rate 0.01, weight decay 0.1."""
    rows = []
    for scale in (10.0, 0.1):
        inside = shrink(lambda params: torch.optim.Adam(params, lr=0.01, weight_decay=0.1), scale)
        beside = shrink(lambda params: torch.optim.AdamW(params, lr=0.01, weight_decay=0.1), scale)
        rows.append(Figure(f"Adam with L2, gradients of {scale:g}", f"{inside:.3f}"))
        rows.append(Figure(f"AdamW, gradients of {scale:g}", f"{beside:.3f}"))
    rows.append(Figure("0.999 ** 200", f"{0.999**200:.3f}"))
    return rows


def layers() -> list[Figure]:
    """Rates per layer, and the parameters missing from the blog's groups."""
    model = bert()
    found = {id(parameter) for layer in (model.bert.embeddings, model.bert.encoder) for parameter in layer.parameters()}
    found |= {id(p) for name, p in model.named_parameters() if any(word in name for word in BLOG_HEADS)}
    missing = [parameter for parameter in model.parameters() if id(parameter) not in found]
    return [
        Figure("pooler", f"{n_parameters(model.bert.pooler):,}"),
        Figure("pooler and classifier, in none of the blog's groups", f"{n_parameters(missing):,}"),
        Figure("decay 0.95: layer 0", f"{0.95**11:.3f}"),
        Figure("decay 0.95: embeddings", f"{0.95**12:.3f}"),
        Figure("decay 0.95: embeddings in the blog", f"{0.95**13:.3f}"),
        Figure("decay 0.98: embeddings", f"{0.98**12:.3f}"),
        Figure("decay 0.8: embeddings", f"{0.8**12:.3f}"),
        Figure("from 5e-5 to 1e-5 in 11 steps", f"{(1 / 5) ** (1 / 11):.3f}"),
        Figure("parameters of one layer", f"{n_parameters(model.bert.encoder.layer[0]):,}"),
    ]


ROBERTA_LARGE = {
    "vocab_size": 50_265,
    "hidden_size": 1024,
    "num_hidden_layers": 24,
    "num_attention_heads": 16,
    "intermediate_size": 4096,
    "max_position_embeddings": 514,
    "type_vocab_size": 1,
}
"""Configuration on the hub."""


def anew() -> list[Figure]:
    """Six layers of RoBERTa-large, re-initialised."""
    with torch.device("meta"):
        model = RobertaModel(RobertaConfig(**ROBERTA_LARGE))
    whole, layer = n_parameters(model), n_parameters(model.encoder.layer[0])
    return [
        Figure("RoBERTa-large", f"{whole:,}"),
        Figure("  one layer", f"{layer:,}"),
        Figure("  six layers", f"{6 * layer:,}"),
        Figure("  share", percent(6 * layer, whole)),
    ]


def schedule() -> list[Figure]:
    """The peak of the chapter's schedule, as transformers computes it."""
    rows = []
    for warmup in (22, 22.5):
        optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=RATE)
        (multiplier,) = get_linear_schedule_with_warmup(optimizer, warmup, 225).lr_lambdas
        best = max(range(225), key=multiplier)
        rows.append(Figure(f"warmup {warmup}: highest rate", f"{RATE * multiplier(best):.6g} at step {best}"))
    rows.append(Figure("share of the full rate", f"{multiplier(best):.4f}"))
    return rows


def clipping() -> list[Figure]:
    """The vectors (3, 4) and (0, 12), clipped to 1 together and separately."""
    whole = math.hypot(3, 4, 0, 12)
    angle = (5 * 1 + 12 * 1) / (whole * math.sqrt(2))
    return [
        Figure("length of the whole", f"{whole:g}"),
        Figure("length after clipping each", f"{math.sqrt(2):.3f}"),
        Figure("angle between the two, degrees", f"{math.degrees(math.acos(angle)):.1f}"),
    ]


def accumulation() -> list[Figure]:
    """Relative error of the accumulated gradient: 10 examples as 4 + 4 + 2, in float32."""
    generator = torch.Generator().manual_seed(0)
    inputs, targets = torch.randn(10, 8, generator=generator), torch.randn(10, 1, generator=generator)
    model = nn.Linear(8, 1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))

    def gradient(rows: slice) -> torch.Tensor:
        loss = nn.functional.mse_loss(model(inputs[rows]), targets[rows])
        return torch.cat([part.flatten() for part in torch.autograd.grad(loss, list(model.parameters()))])

    whole = gradient(slice(0, 10))
    parts = [gradient(slice(a, b)) for a, b in ((0, 4), (4, 8), (8, 10))]
    ways = {
        "added up": sum(parts),
        "divided by 3": sum(parts) / 3,
        "weighted": 0.4 * parts[0] + 0.4 * parts[1] + 0.2 * parts[2],
    }
    errors = {name: float((way - whole).norm() / whole.norm()) for name, way in ways.items()}
    return [
        Figure("relative error, added up", f"{errors['added up']:.2f}"),
        Figure("relative error, divided by 3", f"{errors['divided by 3']:.2f}"),
        Figure("relative error, weighted", "less than 1e-6" if errors["weighted"] < 1e-6 else "too much"),
    ]


def noise() -> list[Figure]:
    """Random variation of the blog's RMSE."""
    baseline = RMSE["baseline"]
    return [
        Figure("validation rows", f"{VALIDATION_ROWS}"),
        Figure("standard error of the RMSE", f"{rmse_error(baseline):.3f}"),
        Figure("LLRD, difference", f"{BLOG_LLRD - baseline:.4f}"),
        Figure("re-initialisation, difference", f"{baseline - BLOG_ONE_LAYER_ANEW:.4f}"),
        Figure("square root of the baseline", f"{math.sqrt(baseline):.3f}"),
    ]


def bonus() -> list[Figure]:
    """Half a cosine, and one step of Adam from the weight 2."""
    ways = [way / 4 for way in range(5)]
    half = [(1 + math.cos(math.pi * way)) / 2 for way in ways]
    rows = {
        "line": [1 - way for way in ways],
        "cosine": half,
        "cosine, floor 0.1": [0.1 + 0.9 * value for value in half],
    }
    figures = [Figure(name, " | ".join(f"{value:.3f}" for value in values)) for name, values in rows.items()]
    kinds: dict[str, tuple[type[torch.optim.Optimizer], float]] = {
        "none": (torch.optim.Adam, 0.0),
        "l2": (torch.optim.Adam, 0.1),
        "decoupled": (torch.optim.AdamW, 0.1),
    }
    for name, (kind, decay) in kinds.items():
        for gradient in (0.5, 0.0, -0.1):
            weight = nn.Parameter(torch.tensor(2.0))
            weight.grad = torch.tensor(gradient)
            kind([weight], lr=0.1, weight_decay=decay).step()  # type: ignore[call-arg]
            figures.append(Figure(f"mode {name}, gradient {gradient:g}", f"{weight.item():.3f}"))
    asked, lr = 0.1 * 0.1 * 2, 0.1
    figures += [
        Figure("decoupled decay of the weight 2", f"{lr:g} · λ · 2 = {asked:.3f}"),
        Figure("gradient 0.5 with L2", f"from 0.5 to {0.5 + 0.1 * 2:.1f}"),
        Figure("what L2 adds", f"g + {0.1 * 2:.1f}"),
    ]
    return figures


SECTIONS = (bonus, decay, decoupled, layers, anew, schedule, clipping, accumulation, noise)
