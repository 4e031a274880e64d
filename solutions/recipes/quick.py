"""A recipe starts without what the imports of torch and transformers do for others."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quick_imports() -> Iterator[None]:
    """For the first import of transformers' models in a process that ends with the recipe.

    transformers takes scipy for absent meanwhile: it wants it for the losses of object detection alone. And what is
    imported is no garbage, so the collector does not look at it, neither now nor later, nor when the process ends.
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
