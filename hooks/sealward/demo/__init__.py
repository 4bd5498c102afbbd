"""The whole story on a throw-away server and repository: ``stage`` sets it up, ``story`` plays it."""
