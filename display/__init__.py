"""Screens of the hall, read only."""
