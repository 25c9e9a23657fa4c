"""Pieces of screens. A widget is told, and speaks; it decides nothing."""
