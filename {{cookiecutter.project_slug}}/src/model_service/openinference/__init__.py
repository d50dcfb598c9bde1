"""The Open Inference Protocol, version 2: bytes of a request -> arrays -> bytes of an answer.

Nothing here knows of Flask; `routes/v2.py` and `routes/v2_infer.py` speak HTTP.
https://github.com/kserve/open-inference-protocol
"""
