"""The pure kernel: Game and State, entries in, facts out, and what an audience may know."""

from peace_sim.engine.game import Game
from peace_sim.engine.opening import NotOpen, UnreadableMove
from peace_sim.engine.state import Advance, Entry, Move, State, World
from peace_sim.engine.step import Step, apply, initial
from peace_sim.engine.view import View, level_of, masked, view

__all__ = [
    "Advance",
    "Entry",
    "Game",
    "Move",
    "NotOpen",
    "State",
    "Step",
    "UnreadableMove",
    "View",
    "World",
    "apply",
    "initial",
    "level_of",
    "masked",
    "view",
]
