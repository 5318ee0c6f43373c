"""Keeping the machine: a backup taken under load, its restoration elsewhere, and how the desk is."""
