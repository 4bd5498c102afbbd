"""What is a reference to Vault? Text in, references out."""
