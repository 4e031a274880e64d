"""Sandboxed: loads a student's file and answers requests about it; imports only wire, link and fixtures of ours."""
