"""Judges student files: warm host, sandboxed student process, hidden checks, diagnosis by simulation.

The judge never shares a process with the code it judges. ``python -m grader`` speaks JSON lines (see ``grader.host``).
"""
