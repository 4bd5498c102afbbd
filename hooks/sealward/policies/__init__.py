"""What may a token do? Policies of Vault and OpenBao, judged without a server."""
