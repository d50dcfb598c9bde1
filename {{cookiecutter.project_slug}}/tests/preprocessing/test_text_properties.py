"""Whatever a client sends, it becomes rows of a length of the card, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_service.errors import InvalidInstance
from model_service.preprocessing.text import Preprocessor

from ..values import JSON_VALUES
from .text_tokenizers import IDS, MASK, preprocessor


@pytest.fixture(scope="module")
def preprocess(tmp_path_factory: pytest.TempPathFactory) -> Preprocessor:
    """Return the preprocessor of a model with ids and a mask."""
    return preprocessor(tmp_path_factory.mktemp("text"), IDS, MASK)


@given(instance=JSON_VALUES | st.text() | st.binary())
def test_it_is_taken_or_refused(preprocess: Preprocessor, instance: object) -> None:
    try:
        rows = preprocess(instance)
    except InvalidInstance as error:
        assert str(error).endswith(".")
        return
    assert {row.shape for row in rows.values()} in ({(4,)}, {(8,)})
    ids, mask = rows["input_ids"].tolist(), rows["attention_mask"].tolist()
    count = sum(mask)
    assert mask == count * [1] + (len(mask) - count) * [0]
    assert ids[count:] == (len(ids) - count) * [0]
    assert (ids[0], ids[count - 1]) == (2, 3)
