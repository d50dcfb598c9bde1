"""The cases of a render's own conformance suite, put to a render and to MLServer: who passes what.

suite     Triton's clients: the render's own tests, run by pytest
hostile   the hostile requests of the render's tests
kserve    the kserve client's talk
groups    what each case is about, and whether the protocol asks for it
servers   both servers, each with a model that gives back what it is given
mlserver  what puts MLServer in the place of the render's own server
report    the tables, the page
"""

import sys

from tests.answers import ROOT

sys.path.append(str(ROOT / "tools"))  # how a service is started stands there
