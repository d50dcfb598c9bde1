"""An inference service for one trained model. Read `app.py` first, then `pipeline.py`."""
