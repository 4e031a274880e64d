"""Finds a file's imports in its syntax tree, so that they are imported once and not by every check.

Only installed libraries on a list are imported, from where the grader finds its own; never a file next to the
submission.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.util
from collections.abc import Iterable, Iterator

KNOWN = frozenset(
    (
        "accelerate bitsandbytes datasets einops evaluate huggingface_hub IPython joblib lightning matplotlib "
        "nltk numpy optuna pandas peft PIL plotly polars psutil pyarrow pydantic pytorch_lightning regex requests rich "
        "sacrebleu safetensors scipy seaborn sentence_transformers sentencepiece sklearn statsmodels sympy tensorboard "
        "tiktoken timm tokenizers torch torchaudio torchmetrics torchtext torchvision tqdm transformers trl wandb yaml"
    ).split()
)
"""Libraries that are imported in advance; the file imports all others itself."""
COSTLY = {
    "use_deterministic_algorithms": "torch._inductor.config",
    "set_default_device": "torch.utils._device",
    "checkpoint": "torch.utils.checkpoint",
}
"""Attribute used in the file -> module that torch imports on its first use."""
MAX_NAMES = 200
Wanted = list[tuple[str, tuple[str, ...]]]


def imports(source: bytes, functions: Iterable[str] = ()) -> Wanted:
    """Return (module, names imported from it) for each import, in the order of the file.

    Imports below ``if __name__ == "__main__"`` are left out, and so are those in functions not listed in ``functions``.

    Raises:
        SyntaxError: the file does not parse.
    """
    tree = ast.parse(source)
    found: dict[str, dict[str, None]] = {}
    aliases: dict[str, str] = {}
    attributes: list[ast.Attribute] = []
    for node in _reached(tree, frozenset(functions)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found.setdefault(alias.name, {})
                root = alias.name.partition(".")[0]
                aliases[alias.asname or root] = alias.name if alias.asname else root
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = found.setdefault(node.module, {})
            names.update({alias.name: None for alias in node.names if alias.name != "*"})
            aliases.update({alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names})
        elif isinstance(node, ast.Attribute):
            attributes.append(node)
    for node in attributes:
        if isinstance(node.value, ast.Name) and (module := aliases.get(node.value.id)) in found:
            found[module].setdefault(node.attr)
    if any(module.partition(".")[0] == "torch" for module in found):
        used = {node.attr for node in attributes} | {name for names in found.values() for name in names}
        for name, module in COSTLY.items():
            if name in used:
                found.setdefault(module, {})
    known = [(module, tuple(names)) for module, names in found.items() if module.partition(".")[0] in KNOWN]
    return [(module, names[:MAX_NAMES]) for module, names in known[:MAX_NAMES]]


def _reached(tree: ast.Module, functions: frozenset[str]) -> Iterator[ast.AST]:
    """Yield the nodes that run when the file is loaded, and those inside the given functions."""
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    while waiting:
        node, wanted = waiting.pop()
        yield node
        for child in reversed(list(ast.iter_child_nodes(node))):
            inside = wanted or getattr(child, "name", None) in functions
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and not inside:
                continue
            if isinstance(child, ast.If) and _is_main(child.test):
                waiting += [(other, wanted) for other in reversed(child.orelse)]
                continue
            waiting.append((child, inside))


def _is_main(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and isinstance(test.ops[0], ast.Eq)
    )


loaded: frozenset[str] = frozenset()
"""Modules that every fork server has imported; set once by the first fork server."""


def slow(wanted: Wanted) -> Wanted:
    """Return the imports that the fork server with torch alone does not have yet."""
    return [(module, names) for module, names in wanted if module not in loaded and _installed(module)]


def _installed(module: str) -> bool:
    """Return whether the module's library is installed."""
    with contextlib.suppress(ImportError, ValueError):
        return importlib.util.find_spec(module.partition(".")[0]) is not None
    return False


def preload(wanted: Wanted) -> None:
    """Import ``wanted`` in this process; failures are ignored, since the file will raise them itself."""
    for module, names in wanted:
        with contextlib.suppress(Exception):
            found = importlib.import_module(module)
            for name in names:
                with contextlib.suppress(Exception):
                    if not hasattr(found, name):
                        importlib.import_module(f"{module}.{name}")
