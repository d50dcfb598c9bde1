"""The same requests to a rendered service and to a Triton server: where their answers differ.

signatures  the models, which both servers have: each gives back what it is given
tensors     arrays as the protocol writes them, by hand: nothing of the service's codec
valid       the sound requests: valid_tensors, valid_options, made with infer
invalid     the hostile requests of a render's own tests
known       the differences that are known, with their reasons
exchange    a request sent and its answer
servers     both servers, started and ended
triton      what the Python backend of Triton runs
compare     what of two answers differs
results     what became of all requests
report      the tables; page: docs/differential.md
"""

import sys

from tests.answers import ROOT

sys.path.append(str(ROOT / "tools"))  # how a service is started stands there
