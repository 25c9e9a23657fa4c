"""A peace-process simulation: ceasefire, talks and mandate renewals, set against the record."""

__version__ = "0.1.0"
