"""What other programs read: each module writes one format, a pure function of a result or of a gradebook."""
