"""Faster imports of torch and transformers: without scipy, and without garbage collection."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quick_imports() -> Iterator[None]:
    """Speed up the first import of transformers' models in a process that ends with the recipe.

    Within the ``with`` block, transformers takes scipy for absent: it needs it only for the losses of object detection.
    Imported modules are no garbage, so the collector ignores them, now, later, and when the process ends.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        import transformers.utils as utils

        known = utils.is_scipy_available
        utils.is_scipy_available = lambda: False
        try:
            yield
        finally:
            utils.is_scipy_available = known
    finally:
        gc.freeze()
        if collecting:
            gc.enable()
