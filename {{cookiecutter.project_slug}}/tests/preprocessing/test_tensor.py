"""Numbers of every form become arrays of the model's dtype, or are named with what is wrong."""

from typing import Any

import msgspec
import numpy as np
import pytest

from model_service.arrays import Array
from model_service.errors import InvalidInstance, InvalidModelCard
from model_service.npy import write_npy
from model_service.preprocessing import tensor
from model_service.schemas import parse_json
from model_service.settings import Settings

from ..cards import card

FEATURES = ["age", "height", "weight"]
NAMED = {"age": 1, "height": 2.5, "weight": -3}


def spec(name: str, dtype: str, *shape: int) -> dict[str, Any]:
    """Return an input of the given shape, behind the batch."""
    return {"name": name, "dtype": dtype, "shape": [-1, *shape]}


def preprocessor(*inputs: dict[str, Any], features: list[str] | None = None) -> tensor.Preprocessor:
    """Return a preprocessor for inputs of a model."""
    options = {"features": features} if features else {}
    return tensor.Preprocessor(card(inputs=inputs, preprocessing=options), Settings())


def vector(dtype: str = "float32", *, features: list[str] | None = None) -> tensor.Preprocessor:
    """Return a preprocessor for three numbers."""
    return preprocessor(spec("x", dtype, 3), features=features)


@pytest.mark.parametrize(
    ("dtype", "instance"),
    [
        ("float32", [1, 2.5, -3]),
        ("float64", [1e300, 0, -0.1]),
        ("float16", [65504, 0, 0.5]),
        ("int64", [2**63 - 1, -(2**63), 0]),
        ("int8", [-128, 127, 0]),
        ("uint8", [0, 255, 7]),
        ("uint64", [2**64 - 1, 0, 1]),
        ("bool", [True, False, True]),
        ("object", ["a", "", "é"]),
    ],
)
def test_values_become_an_array_of_the_models_dtype(dtype: str, instance: list[Any]) -> None:
    array = vector(dtype)(instance)["x"]
    assert (array.dtype, array.shape) == (np.dtype(dtype), (3,))
    assert array.tolist() == np.array(instance, dtype).tolist() == pytest.approx(instance)


def test_nested_lists_become_as_many_dimensions() -> None:
    array = preprocessor(spec("x", "float32", 2, -1))([[1, 2, 3], [4, 5, 6]])["x"]
    assert array.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_a_model_of_one_number_takes_the_bare_number() -> None:
    array = preprocessor(spec("x", "float32"))(2.5)["x"]
    assert (array.shape, float(array)) == ((), 2.5)


@pytest.mark.parametrize("order", [["age", "height", "weight"], ["weight", "age", "height"]])
def test_named_features_come_in_the_models_order_whatever_theirs(order: list[str]) -> None:
    array = vector(features=FEATURES)({name: NAMED[name] for name in order})["x"]
    assert array.tolist() == [1, 2.5, -3]


def test_a_model_of_named_features_takes_a_bare_list_too() -> None:
    assert vector(features=FEATURES)([1, 2.5, -3])["x"].tolist() == [1, 2.5, -3]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"age": "41"}, "feature 'age' must be a number and is a string"),
        ({"height": True}, "feature 'height' must be a number and is true or false"),
        ({"height": None}, "feature 'height' must be a number and is null"),
        ({"weight": [1]}, "feature 'weight' must be a number and is a list"),
        ({"weight": float("nan")}, "feature 'weight' is not a finite number"),
        ({"age": 1e39}, "feature 'age' does not fit float32"),
        ({"age": -(10**400)}, "feature 'age'"),
        ({"colour": 1}, "no feature 'colour'"),
        ({"\ud800": 1}, "no feature"),
    ],
)
def test_a_feature_at_fault_is_named(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInstance) as refusal:
        vector(features=FEATURES)(NAMED | changes)
    assert words in str(refusal.value)


def test_a_missing_feature_is_named() -> None:
    with pytest.raises(InvalidInstance, match="feature 'height' is missing"):
        vector(features=FEATURES)({"age": 1, "weight": 1})


@pytest.mark.parametrize(
    ("dtype", "instance", "words"),
    [
        ("float32", "1, 2, 3", "'x' must be a list and is a string"),
        ("float32", None, "'x' must be a list and is null"),
        ("float32", {"a": 1}, "'x' must be a list and is an object"),
        ("float32", 1.5, "'x' must be a list and is a number"),
        ("float32", [1, 2], "[2], the model takes [3]"),
        ("float32", [1, 2, 3, 4], "[4], the model takes [3]"),
        ("float32", [], "[0], the model takes [3]"),
        ("float32", [1, [2], 3], "'x'[1] must be a number and is a list"),
        ("float32", [1, 2, "3"], "'x'[2] must be a number and is a string"),
        ("float32", [1, 2, -3.5e38], "'x'[2] does not fit float32"),
        ("float16", [0, 65520, 0], "'x'[1] does not fit float16"),
        ("int64", [1, 2.5, 3], "'x'[1] must be a whole number"),
        ("int64", [True, 2, 3], "'x'[0] must be a whole number and is true or false"),
        ("int64", [1, 2, 2**63], "'x'[2] does not fit int64"),
        ("int8", [1, -129, 0], "'x'[1] does not fit int8"),
        ("uint8", [300, 0, 0], "'x'[0] does not fit uint8"),
        ("uint8", [0, 0, -1], "'x'[2] does not fit uint8"),
        ("bool", [True, 1, False], "'x'[1] must be true or false and is a whole number"),
        ("object", ["a", "b", 3], "'x'[2] must be a string and is a whole number"),
    ],
)
def test_a_value_at_fault_is_named_by_its_place(dtype: str, instance: object, words: str) -> None:
    with pytest.raises(InvalidInstance) as refusal:
        vector(dtype)(instance)
    assert words in str(refusal.value)


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_literal_that_is_not_finite_is_named(literal: str) -> None:
    (instance,) = parse_json(f'{{"instances": [[1, {literal}, 3]]}}'.encode())
    with pytest.raises(InvalidInstance, match=r"'x'\[1\] is not a finite number"):
        vector()(instance)


@pytest.mark.parametrize(
    ("instance", "words"),
    [
        ([[1, 2], [3]], "differ in length"),
        ([[1, 2]], "[1, 2], the model takes [2, 2]"),
        ([1, 2], "'x'[0] must be a list and is a whole number"),
        ([[[1], [2]], [[3], [4]]], "'x'[0][0] must be a number and is a list"),
        ([[1, 2], [3, "4"]], "'x'[1][1] must be a number and is a string"),
        ([[1, 2], [float("inf"), 4]], "'x'[1][0] is not a finite number"),
    ],
)
def test_a_table_at_fault_is_told_where(instance: object, words: str) -> None:
    with pytest.raises(InvalidInstance) as refusal:
        preprocessor(spec("x", "float32", 2, 2))(instance)
    assert words in str(refusal.value)


def test_several_inputs_are_an_object_of_them_in_any_order() -> None:
    both = preprocessor(spec("ids", "int64", -1), spec("flag", "bool"))
    arrays = both({"flag": True, "ids": [3, 4]})
    assert list(arrays) == ["ids", "flag"]
    assert (arrays["ids"].tolist(), arrays["flag"].tolist()) == ([3, 4], True)


@pytest.mark.parametrize(
    ("instance", "words"),
    [
        ([[3, 4], True], "inputs ids, flag"),
        ({"ids": [3]}, "input 'flag' is missing"),
        ({"ids": [3], "flag": True, "mask": [1]}, "no input 'mask'"),
        ({"ids": [3.5], "flag": True}, "'ids'[0] must be a whole number"),
        ({"ids": [3], "flag": None}, "'flag' must be true or false and is null"),
    ],
)
def test_an_input_at_fault_is_named(instance: object, words: str) -> None:
    with pytest.raises(InvalidInstance) as refusal:
        preprocessor(spec("ids", "int64", -1), spec("flag", "bool"))(instance)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"preprocessing": {"features": ["a", "b"]}},
        {"preprocessing": {"features": "abc"}},
        {"preprocessing": {"feature": FEATURES}},
        {"preprocessing": {"features": ["a", "b", "a"]}},
        {
            "preprocessing": {"features": FEATURES},
            "inputs": [spec("x", "bool", 3), spec("y", "bool")],
        },
    ],
)
def test_a_card_that_cannot_be_followed_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidModelCard, match=r"\[preprocessing\]"):
        tensor.Preprocessor(card(**changes), Settings())


def test_a_file_holds_instances_as_a_request_does() -> None:
    file = msgspec.json.encode({"instances": [NAMED, [1, 2, 3]]})
    assert tensor.read_instances(file) == [NAMED, [1, 2, 3]]


def test_a_file_of_an_array_holds_an_instance_a_row() -> None:
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    instances = tensor.read_instances(write_npy(values))
    assert len(instances) == 2
    assert [vector()(one)["x"].tolist() for one in instances] == values.tolist()


def test_a_row_that_is_a_single_value_is_an_instance() -> None:
    instances = tensor.read_instances(write_npy(np.array([7, 8])))
    single = preprocessor(spec("x", "float32"))
    assert [single(one)["x"].tolist() for one in instances] == [7, 8]


@pytest.mark.parametrize(
    ("dtype", "values"),
    [
        ("float32", np.array([1, 2.5, -3], ">f8")),
        ("float32", np.array([1, 2, 3], np.int64)),
        ("float64", np.array([1, 2, 3], np.uint8)),
        ("int8", np.array([-128, 127, 0], np.int64)),
        ("uint8", np.array([0, 255, 7], np.int16)),
        ("int64", np.array([2**63 - 1, 0, 1], np.uint64)),
        ("bool", np.array([True, False, True])),
        ("object", np.array(["a", "", "\u00e9"])),
        ("float16", np.asfortranarray(np.ones((3, 2), np.float32))[:, 0]),
    ],
)
def test_an_array_becomes_one_of_the_models_dtype(dtype: str, values: Array) -> None:
    array = vector(dtype)(values)["x"]
    assert (array.dtype, array.shape) == (np.dtype(dtype), (3,))
    assert array.tolist() == values.tolist()


@pytest.mark.parametrize(
    ("dtype", "values", "sentence"),
    [
        ("float32", np.array(["a", "b", "c"]), "'x' is <U1, the model takes float32."),
        ("float32", np.array([True, False, True]), "'x' is bool, the model takes float32."),
        ("float32", np.ones(3, np.complex64), "'x' is complex64, the model takes float32."),
        ("float32", np.zeros(3, "M8[s]"), "the model takes float32."),
        ("float32", np.zeros(3, [("a", "f4")]), "the model takes float32."),
        ("float32", np.zeros(3, "V4"), "the model takes float32."),
        ("int64", np.ones(3, np.float32), "'x' is float32, the model takes int64."),
        ("bool", np.ones(3, np.uint8), "'x' is uint8, the model takes bool."),
        ("object", np.array([b"a", b"b", b"c"]), "'x' is |S1, the model takes object."),
        ("float32", np.ones(2, np.float32), "shape [2], the model takes [3]"),
        ("float32", np.ones((3, 1), np.float32), "shape [3, 1], the model takes [3]"),
        ("float32", np.float32(1), "shape [], the model takes [3]"),
        ("float32", np.array([1, np.nan, 3], np.float32), "'x'[1] is not a finite number."),
        ("float32", np.array([1, 2, 1e300]), "'x'[2] does not fit float32."),
        ("int8", np.array([1, 2, 128]), "'x'[2] does not fit int8."),
        ("uint64", np.array([1, -1, 3]), "'x'[1] does not fit uint64."),
        ("int64", np.array([1, 2**63, 3], np.uint64), "'x'[1] does not fit int64."),
    ],
)
def test_an_array_that_does_not_fit_is_named(dtype: str, values: Array, sentence: str) -> None:
    with pytest.raises(InvalidInstance) as refusal:
        vector(dtype)(values)
    assert sentence in str(refusal.value)
