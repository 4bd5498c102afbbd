"""The API of Vault: login, connection, requests."""
