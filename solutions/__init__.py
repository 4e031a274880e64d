"""Reference solutions: the exercises, complete, and recipes that train with them."""
