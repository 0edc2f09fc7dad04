"""Coding by the rules of a codebook: what a rule says, and where it matches."""
