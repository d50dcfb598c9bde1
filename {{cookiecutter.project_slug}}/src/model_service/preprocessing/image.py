"""One image -> one array that fits the model's input, as the model card says.

Edit this file if your model was trained on something that the card cannot express. The order is
fixed: decode, turn upright (EXIF), colour, resize, crop, scale, mean and std, layout, dtype.
"""

import base64
import binascii
import io

import numpy as np
from PIL import ExifTags, Image

from ..arrays import Array
from ..errors import InvalidInstance
from ..model_card import ModelCard
from ..settings import Settings
from .image_confusions import confusions as confusions
from .image_options import NO_ANTIALIAS, read_options
from .image_resize import sampled
from .image_schema import instance_schema as instance_schema

KIND = "image"
IGNORED_SETTINGS: frozenset[str] = frozenset()
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF")  # Pillow's other decoders are never tried
MEDIA_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/bmp", "image/gif"})
TURNS = {  # by the orientation that a camera stores
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Preprocessor:
    """Turns encoded images into arrays; raises InvalidModelCard if the card cannot be followed."""

    def __init__(self, card: ModelCard, settings: Settings) -> None:
        self._options = options = read_options(card)
        self._max_pixels = settings.max_image_pixels
        self._spec = card.inputs[0]
        self._mean = np.asarray(options.mean, np.float32)
        self._std = np.asarray(options.std, np.float32)

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
            image = Image.open(io.BytesIO(data), formats=FORMATS)  # reads the header only
            if image.width * image.height > self._max_pixels:
                raise InvalidInstance(
                    f"the image has {image.width} x {image.height} pixels, more than the"
                    f" {self._max_pixels} that this service decodes."
                )
            image.load()
            upright = _upright(image)
            if upright.mode.startswith("I"):  # 16 bits a pixel; Pillow would clip, not scale
                upright = Image.fromarray((np.asarray(upright) >> 8).astype(np.uint8))
            return upright.convert("L" if self._options.color == "L" else "RGB")
        except InvalidInstance:
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise InvalidInstance("the image has more pixels than this service decodes.") from None
        except Exception:  # decoders raise whatever a broken file makes them raise
            raise InvalidInstance(
                f"the image cannot be read: it is broken or none of {', '.join(FORMATS)}."
            ) from None

    def _fit(self, image: Image.Image) -> Image.Image:
        """Resize and crop; `cover` and `contain` keep the proportions."""
        options = self._options
        if options.resize == "stretch":
            height, width = options.size
            image = _resized(image, (width, height), options.filter)
        elif options.resize in ("cover", "contain"):
            height, width = options.size
            # The other side is rounded down, as torchvision's Resize does, but to a pixel at least.
            by_height = max(1, image.width * height // image.height), height
            by_width = width, max(1, image.height * width // image.width)
            choose = max if options.resize == "cover" else min
            image = _resized(image, choose(by_height, by_width), options.filter)
            if options.resize == "contain":
                image = _centred(image, (height, width), options.fill)
        return _centred(image, options.crop, options.fill) if options.crop else image

    def _to_array(self, image: Image.Image) -> Array:
        options = self._options
        pixels = np.asarray(image, np.float32).reshape(image.height, image.width, -1)
        if options.color == "BGR":
            pixels = pixels[..., ::-1]
        pixels = pixels * np.float32(options.scale)
        if options.mean:
            pixels = pixels - self._mean
        if options.std:
            pixels = pixels / self._std
        if options.layout == "NCHW":
            pixels = pixels.transpose(2, 0, 1)
        dtype = np.dtype(self._spec.dtype)
        if dtype.kind in "iu":
            pixels = np.rint(pixels).clip(np.iinfo(dtype).min, np.iinfo(dtype).max)
        return np.ascontiguousarray(pixels, dtype)


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
        return base64.b64decode("".join(encoded.split()), validate=True)  # may be wrapped
    except (binascii.Error, ValueError):
        raise InvalidInstance("the image is not valid base64.") from None


def _upright(image: Image.Image) -> Image.Image:
    """Turn a picture as its EXIF block says; one that cannot be read says nothing.

    ImageOps.exif_transpose writes the block anew, and fails where that holds what it cannot write.
    """
    try:
        turn = TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # the parser raises whatever a broken block makes it raise
        turn = None
    return image if turn is None else image.transpose(turn)


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
