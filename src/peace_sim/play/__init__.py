"""Playing: journals, sessions, seats, policies, and where games are kept."""

from peace_sim.play.journal import Journal, replay
from peace_sim.play.playout import playout
from peace_sim.play.policies import POLICIES
from peace_sim.play.seat import LocalSeat, Seat
from peace_sim.play.session import Session
from peace_sim.play.store import Store

__all__ = ["POLICIES", "Journal", "LocalSeat", "Seat", "Session", "Store", "playout", "replay"]
