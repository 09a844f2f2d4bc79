"""Findings in children's services inspection texts: read, code, theme and tabulate."""

__version__ = "0.1.0"
