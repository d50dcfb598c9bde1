"""The model that a path names."""

from ..errors import ModelNotFound
from ..service import Service
from ..startup import Running


def model_named(service: Service, name: str, version: str | None = None) -> Running:
    """Return the model if it has this name and version; any version if none is given.

    Raises ModelNotFound, or whatever `service.running` raises.
    """
    running = service.running
    card = running.model.card
    if (name, version or card.version) != (card.name, card.version):
        asked = name if version is None else f"{name} in version {version}"
        raise ModelNotFound(
            f"There is no model {asked[:100]}: this service has {card.name} in version"
            f" {card.version}."
        )
    return running
