"""Modules that are imported in advance; ``preloads`` in the syllabus and in a check use these names."""

PRELOADS = {
    # torch imports these at the first optimizer and the first backward pass from a supplied gradient; 0.8 s together
    "training": ("torch._dynamo",),
    "transformers": ("transformers", "transformers.models.bert.modeling_bert"),
    "peft": ("peft",),
}
"""Name -> modules that a student process would otherwise have to import."""
