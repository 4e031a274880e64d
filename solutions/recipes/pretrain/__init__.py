"""Pre-training: a language model from scratch, or continued on top of one."""
