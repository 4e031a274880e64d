"""TF-IDF and logistic regression (scikit-learn): a baseline that knows only the training texts.

Words and pairs of words, weighted by rarity; one weight per word and class. The strength of the regularisation (C) is
chosen on the validation texts, as the learning rates of the other methods were.
"""

import json
import math
import time
from pathlib import Path
from typing import Any

import numpy
import torch

from solutions.recipes.config import FineTune
from solutions.recipes.finetune import prepare_data, versions
from solutions.recipes.functions import functions
from solutions.recipes.hardware import processor
from solutions.recipes.memory import Memory

STRENGTHS = (0.3, 1.0, 3.0, 10.0)
"""Values of C; smaller means stronger regularisation."""
ITERATIONS = 1000
FILE = "tfidf.safetensors"


def tfidf(config: FineTune, folder: Path) -> dict[str, Any]:
    """Fit the baseline and test it.

    Args:
        config: selects the texts; method, head and optimizer do not matter here.
        folder: where the weights are written, to count their bytes.

    Returns:
        The result of a run of the recipe, as far as it applies.
    """
    import sklearn
    from safetensors.numpy import save_file
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    memory = Memory(torch.device("cpu"))
    data = prepare_data(config, functions(config))
    memory.restart()
    started, cpu_started = time.perf_counter(), time.process_time()
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=numpy.float32)
    train, validation = vectorizer.fit_transform(data.train.texts), vectorizer.transform(data.validation.texts)
    tried = []
    for strength in STRENGTHS:
        model = LogisticRegression(C=strength, max_iter=ITERATIONS).fit(train, data.train.labels)
        tried.append((accuracy(model, validation, data.validation.labels), strength, model))
    best, strength, model = max(tried, key=lambda one: one[:2])
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu_started
    peak = memory.peak()

    words = json.dumps(vectorizer.get_feature_names_out().tolist())
    weights = {"weight": model.coef_, "bias": model.intercept_, "idf": vectorizer.idf_}
    arrays = {name: array.astype("float32") for name, array in weights.items()}
    save_file(arrays, folder / FILE, metadata={"words": words})
    n = sum(array.size for name, array in arrays.items() if name != "idf")
    return {
        "test": figures(accuracy(model, vectorizer.transform(data.test.texts), data.test.labels), len(data.test)),
        "validation": figures(best, len(data.validation)),
        "parameters": {"trainable": n, "total": n, "trainable_ratio": 1.0},
        "strength": strength,
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "peak_memory_bytes": peak,
        "saved_bytes": (folder / FILE).stat().st_size,
        "texts": {name: data.counts[name] for name in ("train", "validation", "test")},
        "device": "cpu",
        "processor": processor(),
        "precision": "fp32",
        "threads": config.threads,
        "versions": versions() | {"scikit-learn": sklearn.__version__},
    }


def accuracy(model: Any, features: Any, labels: list[Any]) -> float:
    """Return the share of correct predictions."""
    return float((model.predict(features) == labels).mean())


def figures(share: float, n: int) -> dict[str, float]:
    """Return the accuracy and its standard error for n texts."""
    return {"accuracy": share, "standard_error": math.sqrt(share * (1 - share) / n), "n": n}
