"""The peace-making words, each expanded into kernel parts an author could have written."""
