"""Predictions for many inputs: files -> batches -> the model -> a file of predictions.

`sources` finds and reads the inputs, `batches` makes batches of them, `predictor` does to a batch
what the service does to instances, and `output` writes so that a run can be killed and go on.
"""
