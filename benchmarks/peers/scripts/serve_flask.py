"""The model behind Flask, as it is usually written by hand: one route, no batching."""

from flask import Flask, jsonify, request
from runtime import Model, to_rows

app = Flask(__name__)
model = Model()


@app.post("/predict")
def predict():
    """Return the output of each row."""
    rows = to_rows(request.get_json()["instances"])
    return jsonify(predictions=model.run(rows).tolist())
