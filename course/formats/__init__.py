"""Formats that other programs read: each module writes one, as a pure function of a result or of a gradebook."""
