"""Reads requests, relays events, forks: holds no check and no student's code."""
