"""One suite, one outcome: property tests draw the same examples everywhere; the fuzzing that looks for new ones is
run by hand (`HYPOTHESIS_PROFILE=search`)."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("suite", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))
