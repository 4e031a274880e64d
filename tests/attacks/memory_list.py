"""Fills memory with Python objects."""


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    hoard = []
    while True:
        hoard.append(bytearray(2**24))
