"""What strangers try, and what happens: the table of docs/threat-model.md and its tests."""
