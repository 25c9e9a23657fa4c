"""The screens: each is given a Place, shows what its seat may know, and decides nothing."""
