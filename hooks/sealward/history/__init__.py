"""What the history of a repository has given away: which secrets once stood in clear, and which of them
still live."""
