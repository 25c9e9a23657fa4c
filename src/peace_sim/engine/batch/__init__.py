"""Many plays of one game at once, bit for bit as the step engine plays each.

The one room of the kernel that knows arrays. It makes no facts, and counts them; who wants to know
what came to be, and in which plays, watches.
"""

from peace_sim.engine.batch.block import Block
from peace_sim.engine.batch.effects import Nobody, Watch
from peace_sim.engine.batch.run import Answering, Window, opening, play
from peace_sim.engine.batch.values import Taken

__all__ = ["Answering", "Block", "Nobody", "Taken", "Watch", "Window", "opening", "play"]
