"""Whether a file must be sealed."""
