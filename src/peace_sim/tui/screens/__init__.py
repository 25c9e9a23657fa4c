"""The screens of the game: each is given a Place, shows what its seat may know, and decides nothing."""
