"""Slow measurements; each writes its figures beside it."""
