"""Trusted: runs the hidden checks, compares, explains; never runs a line of a student's file."""
