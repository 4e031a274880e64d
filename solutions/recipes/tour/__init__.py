"""The chapter's pipelines beside the functions of the exercises."""
