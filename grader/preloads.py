"""What is imported ahead of time; the syllabus (``preloads``) and the checks (``preloads``) ask for it by these names."""

PRELOADS = {
    # torch imports these at the first optimizer and the first backward pass with a gradient given; 0.8 s together
    "training": ("torch._dynamo",),
    "transformers": ("transformers", "transformers.models.bert.modeling_bert"),
    "peft": ("peft",),
}
"""What ``preloads`` in the syllabus and ``preloads`` of a check mean: the modules that a student process would otherwise
wait for."""
