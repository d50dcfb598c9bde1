"""What bad requests do to a rendered service, and to the same model behind other servers."""
