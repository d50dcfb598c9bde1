"""From a model file that somebody trained to the model folder of this service."""
