"""Resizing without antialiasing takes the four pixels around a place, and none else."""

import numpy as np
import pytest
from PIL import Image

from model_service.preprocessing.image_resize import sampled

from .test_image import PICTURE, become


@pytest.mark.parametrize(
    ("row", "count", "expected"),
    [
        ([0, 100, 200, 40], 2, [50, 120]),
        ([0, 10, 20, 30, 40, 50], 2, [10, 40]),
        ([0, 90, 180], 1, [90]),
        ([0, 100], 4, [0, 25, 75, 100]),
        ([7], 3, [7, 7, 7]),
        ([1, 2], 2, [1, 2]),
        ([0, 1], 4, [0, 0, 1, 1]),
    ],
)
def test_a_row_is_sampled_at_the_centres_of_its_new_pixels(
    row: list[int], count: int, expected: list[int]
) -> None:
    image = Image.fromarray(np.array([row], np.uint8))
    assert np.asarray(sampled(image, (count, 1))).tolist() == [expected]
    turned = sampled(image.transpose(Image.Transpose.TRANSPOSE), (1, count))
    assert np.asarray(turned).ravel().tolist() == expected


def test_both_sides_and_every_channel_are_resized() -> None:
    array = become(PICTURE, resize="stretch", size=[4, 3], filter="bilinear-no-antialias")
    assert array.shape == (4, 3, 3)
    columns = PICTURE.astype(float)[:, :4]
    middle = (PICTURE[:, 2]).astype(float)
    first = columns[:, 0] + (columns[:, 1] - columns[:, 0]) / 3
    assert array[0, 1].tolist() == pytest.approx(middle[0].tolist(), abs=0.5)
    assert array[3, 0].tolist() == pytest.approx(first[1].tolist(), abs=0.5)


def test_a_line_of_many_pixels_is_made_short_before_it_is_made_high() -> None:
    line = Image.new("RGB", (20_000_000, 1))
    assert sampled(line, (224, 224)).size == (224, 224)
