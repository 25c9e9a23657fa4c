"""Scenarios: read from text, checked, compiled. The rooms below it know nothing of files."""

from peace_sim.scenario import codes as codes  # so that every module can use its codes
