"""Ceasefire, talks, mandate and commitment: what an author writes, expanded into kernel parts."""
