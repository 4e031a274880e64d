"""One command that tries every recipe on a GPU and compares it with the CPU."""
