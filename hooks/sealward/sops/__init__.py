"""What SOPS writes and reads, and the program itself."""
