"""A new value in Vault, and its pin in every sealed file."""
