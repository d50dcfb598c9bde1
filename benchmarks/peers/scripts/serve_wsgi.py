"""The least that any WSGI application must do: read JSON, run the model, write JSON.

No routes, no validation beyond the types, no batching, no errors of its own.
"""

import msgspec
from runtime import Instance, Model, to_rows

model = Model()
decoder = msgspec.json.Decoder(dict[str, list[Instance]])
encoder = msgspec.json.Encoder()


def app(environ, start_response):
    """Answer any request as a prediction."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    outputs = model.run(to_rows(decoder.decode(body)["instances"]))
    answer = encoder.encode({"predictions": outputs.tolist()})
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))]
    start_response("200 OK", headers)
    return [answer]
