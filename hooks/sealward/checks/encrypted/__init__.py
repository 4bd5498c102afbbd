"""Whether a file is sealed, whole, and free of text in clear."""
