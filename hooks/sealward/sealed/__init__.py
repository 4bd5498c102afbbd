"""What a sealed file is, which files are, and what is inside."""
