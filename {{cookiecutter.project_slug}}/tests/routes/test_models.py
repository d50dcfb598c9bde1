"""The model of a path: by its name, in its version, and only once it is there."""

import pytest

from model_service.engine import Engine
from model_service.errors import ModelNotFound, ModelNotReady
from model_service.model_folder import ModelFolder
from model_service.routes.models import model_named
from model_service.service import Service
from model_service.settings import Settings


def test_a_model_has_one_name_and_one_version(
    settings: Settings, engine: Engine, model: ModelFolder
) -> None:
    service, card = Service(settings), model.card
    service.load(engine)
    assert model_named(service, card.name) is service.running
    assert model_named(service, card.name, card.version) is service.running
    for name, version in (("other", None), (card.name, "99"), ("other", card.version)):
        with pytest.raises(ModelNotFound, match=f"has {card.name} in version {card.version}"):
            model_named(service, name, version)


def test_before_it_is_loaded_no_name_is_known(settings: Settings, model: ModelFolder) -> None:
    with pytest.raises(ModelNotReady):
        model_named(Service(settings), model.card.name)
