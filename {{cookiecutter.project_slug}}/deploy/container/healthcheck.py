"""Exit with 0 if the service of this container is ready: what `HEALTHCHECK` of the image runs."""

import sys
import urllib.error
import urllib.request

from model_service.settings import Settings

LIMIT_S = 4
OWN = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # who listens on all addresses listens on this one

settings = Settings.from_env()
host = OWN.get(settings.host, settings.host)
host = f"[{host}]" if ":" in host else host
try:
    urllib.request.urlopen(f"http://{host}:{settings.port}/readyz", timeout=LIMIT_S).close()
except urllib.error.HTTPError as refusal:
    sys.exit(refusal.read().decode())
except OSError as error:
    sys.exit(f"The service does not answer: {error}.")
