"""One image -> one array that fits the model's input, as the model card says.

Edit this file if your model was trained on something that the card cannot express. The order is
fixed: decode, turn upright (EXIF), colour, resize, crop, layout, scale, mean and std, dtype.
"""

import binascii
import io
from collections.abc import Callable

import numpy as np
from PIL import ExifTags, Image
from PIL.Image import Transpose as Turn
from PIL.JpegImagePlugin import JpegImageFile

from ..arrays import Array
from ..errors import InvalidInstance
from ..model_card import ModelCard
from ..schemas import parse_json
from ..settings import Settings
from .image_confusions import confusions as confusions
from .image_options import NO_ANTIALIAS, changes, read_options
from .image_reduced import reduced
from .image_resize import sampled
from .image_schema import instance_schema as instance_schema

KIND = "image"
IGNORED_SETTINGS: frozenset[str] = frozenset()
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")  # Pillow's other decoders are never tried
MEDIA_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/bmp", "image/gif"})
# By the orientation that a camera stores; the latter exchange width and height.
FLIPS = {2: Turn.FLIP_LEFT_RIGHT, 3: Turn.ROTATE_180, 4: Turn.FLIP_TOP_BOTTOM}
TURNS = {5: Turn.TRANSPOSE, 6: Turn.ROTATE_270, 7: Turn.TRANSVERSE, 8: Turn.ROTATE_90}


class Preprocessor:
    """Turns encoded images into arrays; raises InvalidModelCard if the card cannot be followed."""

    def __init__(self, card: ModelCard, settings: Settings) -> None:
        self._options = options = read_options(card)
        self._mode = "L" if options.color == "L" else "RGB"
        self._max_pixels = settings.max_image_pixels
        self._spec = card.inputs[0]
        self._changes = changes(options, self._spec.shape[2])  # the width where channels are last

    def __call__(self, instance: object) -> dict[str, Array]:
        """Return the input array of one instance, shaped (channels, height, width) or as laid out.

        The instance is the bytes of an image file, their base64 string, or `{"b64": string}`.
        Raises InvalidInstance.
        """
        image = self._fit(self._decode(_image_bytes(instance)))
        shape = [image.height, image.width]
        shape.insert(0 if self._options.layout == "NCHW" else 2, len(image.getbands()))
        wanted = self._spec.shape[1:]
        # Before it becomes an array, which has many times the bytes.
        if any(want not in (-1, size) for want, size in zip(wanted, shape, strict=True)):
            raise InvalidInstance(f"the image becomes {shape} and the model takes {list(wanted)}.")
        return {self._spec.name: self._to_array(image)}

    def _decode(self, data: bytes) -> Image.Image:
        try:
            image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)  # its header
            if image.width * image.height > self._max_pixels:
                raise Image.DecompressionBombError  # as Pillow does beyond its own limit
            if self._options.jpeg_draft and isinstance(image, JpegImageFile):
                step = -1 if _turn(image) in TURNS.values() else 1
                size = self._resized_size(*image.size[::step])[::step]
                image = reduced(image, size, self._mode, self._options.filter)
            image.load()
            turn = _turn(image)
            upright = image if turn is None else image.transpose(turn)
            if upright.mode.startswith("I"):  # 16 bits a pixel; Pillow would clip, not scale
                upright = Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
            return upright if upright.mode == self._mode else upright.convert(self._mode)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            most = f"more than the {self._max_pixels} pixels that this service decodes"
            raise InvalidInstance(f"the image has {most}.") from None
        except Exception:  # decoders raise whatever a broken file makes them raise
            raise InvalidInstance(
                f"the image cannot be read: it is broken or none of {', '.join(FORMATS)}."
            ) from None

    def _fit(self, image: Image.Image) -> Image.Image:
        """Resize and crop."""
        options = self._options
        image = _resized(image, self._resized_size(image.width, image.height), options.filter)
        if options.resize == "contain":
            image = _centred(image, options.size, options.fill)
        return _centred(image, options.crop, options.fill) if options.crop else image

    def _resized_size(self, width: int, height: int) -> tuple[int, int]:
        """Return (width, height) after resizing; `cover` and `contain` keep the proportions."""
        options = self._options
        tall, wide = (height, width) if options.resize == "none" else options.size
        if options.resize in ("none", "stretch"):
            return wide, tall
        # The other side is rounded down, as torchvision's Resize does, but to a pixel at least.
        by_height = max(1, width * tall // height), tall
        by_width = wide, max(1, height * wide // width)
        return (max if options.resize == "cover" else min)(by_height, by_width)

    def _to_array(self, image: Image.Image) -> Array:
        options, dtype = self._options, np.dtype(self._spec.dtype)
        pixels = np.frombuffer(image.tobytes("raw", options.color), np.uint8)
        pixels = pixels.reshape(image.height, image.width, -1)
        if options.layout == "NCHW":
            pixels = pixels.transpose(2, 0, 1)
        array: Array = pixels.astype(np.float32, order="C")  # one copy, changed in place from here
        for change, operand in self._changes:
            change(array, operand, out=array)
        if dtype.kind in "iu":
            array = np.rint(array).clip(np.iinfo(dtype).min, np.iinfo(dtype).max)
        return array.astype(dtype, copy=False)


def json_reader(card: ModelCard) -> Callable[[bytes], list[object]]:
    """Return what reads the instances of a JSON body."""
    return parse_json


def read_instances(file: bytes) -> list[object]:
    """Return the one instance that the bytes of an image file are."""
    return [file]


def _image_bytes(instance: object) -> bytes:
    if isinstance(instance, bytes):
        return instance
    encoded = instance.get("b64") if isinstance(instance, dict) and len(instance) == 1 else instance
    if not isinstance(encoded, str):
        raise InvalidInstance('an image is {"b64": "<base64>"} or a base64 string.')
    try:
        return binascii.a2b_base64("".join(encoded.split()), strict_mode=True)  # may be wrapped
    except ValueError:
        raise InvalidInstance("the image is not valid base64.") from None


def _turn(image: Image.Image) -> Turn | None:
    """Return what makes a picture upright, by its EXIF block; one that cannot be read says nothing.

    ImageOps.exif_transpose writes the block anew, and fails where that holds what it cannot write.
    """
    try:
        return (FLIPS | TURNS).get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # the parser raises whatever a broken block makes it raise
        return None


def _resized(image: Image.Image, size: tuple[int, int], name: str) -> Image.Image:
    if name == NO_ANTIALIAS:
        return sampled(image, size)
    return image.resize(size, Image.Resampling[name.upper()])


def _centred(image: Image.Image, size: tuple[int, ...], fill: int) -> Image.Image:
    """Cut the middle of the given (height, width) out, filling what lies outside the image."""
    height, width = size
    canvas = Image.new(image.mode, (width, height), (fill,) * len(image.getbands()))
    # Rounded as torchvision's CenterCrop does, or odd margins would shift the image by a pixel.
    left, top = round((image.width - width) / 2), round((image.height - height) / 2)
    canvas.paste(image, (-left, -top))
    return canvas
