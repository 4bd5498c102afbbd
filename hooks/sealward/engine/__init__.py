"""One run of the checks: sources, surroundings, document, checks, exemptions."""
