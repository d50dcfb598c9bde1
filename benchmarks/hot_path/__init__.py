"""Where the time of one prediction goes between the WSGI server and the model."""
