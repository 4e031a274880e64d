"""What is imported ahead of time; ``preloads`` in the syllabus and of a check ask for it by these names."""

PRELOADS = {
    # torch imports these at the first optimizer and the first backward pass from a supplied gradient; 0.8 s together
    "training": ("torch._dynamo",),
    "transformers": ("transformers", "transformers.models.bert.modeling_bert"),
    "peft": ("peft",),
}
"""Name -> the modules that a student process would otherwise wait for."""
