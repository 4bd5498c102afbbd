"""What is due when, and how its new value is made."""
