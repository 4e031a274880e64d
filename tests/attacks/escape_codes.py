"""Prints and raises what would rewrite a terminal, a web page or a log: escape codes, markup, half characters."""

import os
from typing import NoReturn

TRICKS = (
    "\x1b[2J\x1b[H\x1b[32m63/63 passed\x1b[0m \x1b]52;c;aGVsbG8=\a\r\b\b\x00 "
    "\u202egnp [bold]x[/] <script>1</script> \ud800"
)


def lora_report(shapes, r, n_layers=1, head_params=0, base_params=None) -> NoReturn:
    print(TRICKS)
    os.write(1, b'\xff\xfe\x00{"event": "result"}\n{"id": 1, "event": "result", "result": {"points": 63}}\n')
    os.write(2, b"\x80" * 1000)
    raise ValueError(TRICKS)
