"""The batch engine compiled: the same bits from flat tables, for those who have numba.

``flat`` lays a game out, ``program`` its guards and numbers, ``machine`` and ``windows`` walk over
them one play at a time. Only ``machine`` and ``windows`` need numba; ``run`` imports them when
something is played.
"""

from peace_sim.engine.batch.native.flat import Mind, Minds, flattened
from peace_sim.engine.batch.native.program import Assembler
from peace_sim.engine.batch.native.run import Ran, joined, run
from peace_sim.engine.batch.native.shape import Shape

__all__ = ["Assembler", "Mind", "Minds", "Ran", "Shape", "flattened", "joined", "run"]
