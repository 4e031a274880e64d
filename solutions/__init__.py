"""Reference solutions: the exercises without holes, and recipes that train with them."""
