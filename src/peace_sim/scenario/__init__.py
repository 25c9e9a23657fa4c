"""Scenarios: read from text, checked, compiled. The rooms below it know nothing of files."""
