"""`make bench BENCH=wire`: the CPU time of a tensor as JSON and as bytes."""

import sys

from tests.answers import ROOT

sys.path.append(str(ROOT / "tools"))  # how a service is started stands there
