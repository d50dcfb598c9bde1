"""What a service does with more requests than its model can answer."""

import sys

from tests.answers import ROOT

sys.path.append(str(ROOT / "tools"))  # how a service is started stands there
