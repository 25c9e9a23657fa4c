"""``python -m peace_sim``."""

import sys

from peace_sim.cli import main

sys.exit(main())
