"""A race against the clock with the functions of the exercises."""
