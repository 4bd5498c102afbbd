"""New values, and the programs that make them."""
