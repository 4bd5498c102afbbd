"""Sealed Secrets of a commit, brought to a Kubernetes cluster, and only what uses a changed key restarted."""
