"""Old values: what is deployed (``branches``, ``holdings``), what is noted (``notes``), what is revoked."""
