"""The starter models: one file a starter, one file a format that they are exported to."""
