"""Tools for authors: the demo, the scaffold, the benchmark."""
