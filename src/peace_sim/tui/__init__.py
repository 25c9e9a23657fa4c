"""The game on a terminal's screen. It is given seats, and knows no rules."""
