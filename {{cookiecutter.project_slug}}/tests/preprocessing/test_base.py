"""Of the changes to try, each is tried once, and none that changes nothing."""

from model_service.model_card import Section
from model_service.preprocessing.base import Change, changing


class Options(Section, frozen=True, kw_only=True):
    """Two settings, as a kind of input has them."""

    color: str = "RGB"
    mean: tuple[float, ...] = ()


def test_what_is_so_already_is_no_change() -> None:
    assert changing([Change("as it is", {"color": "RGB", "mean": ()})], Options()) == []


def test_only_what_differs_is_changed() -> None:
    change = Change("blue first", {"color": "BGR", "mean": ()})
    assert changing([change], Options()) == [Change("blue first", {"color": "BGR"})]


def test_the_first_of_two_equal_changes_is_kept() -> None:
    changes = [Change("half", {"mean": (0.5,)}), Change("so too", {"mean": (0.5,), "color": "RGB"})]
    assert changing(changes, Options()) == [Change("half", {"mean": (0.5,)})]
