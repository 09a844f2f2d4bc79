"""Coding of sentences by the codebook."""
