"""Raises exceptions that are large in every way: message, name, depth, cause; one whose text never ends being made."""


class Vast(Exception):
    def __str__(self) -> str:
        return "x" * 200_000_000


Vast.__name__ = Vast.__qualname__ = "V" * 1_000_000


def dig(depth: int) -> None:
    if depth:
        dig(depth - 1)
    raise Vast(["y" * 1000] * 1000)


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    try:
        dig(900)
    except Vast as error:
        raise Vast("z") from error
    return {}
