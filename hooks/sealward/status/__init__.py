"""Every reference, its age, and when it is due."""
