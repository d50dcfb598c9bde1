"""A service under mixed load for minutes, one of its workers killed each minute.

service   the rendered service, its processes and their memory
clients   who sends what, and what becomes of it
kills     the worker that is killed, and what it may have held
report    the verdicts, the table and the picture
"""

import sys

from tests.answers import ROOT

sys.path.append(str(ROOT / "tools"))  # how a service is started stands there
