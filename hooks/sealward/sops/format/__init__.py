"""The format: metadata, ciphertext, selection, creation rules. Pure."""
