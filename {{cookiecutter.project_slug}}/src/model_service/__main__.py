"""`python -m model_service` is the console script."""

from .cli import main

main()
