"""Three versions of a sealed file → one: by key path, ciphertexts of either side, the MAC renewed by
sops."""
