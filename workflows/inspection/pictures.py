"""Pictures: PNG and JPEG that decode whole, of a bounded size, with nothing behind them."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from workflows.inspection.verdict import Refused, Verdict

MOST_PIXELS = 80_000_000  # a sheet A3 at 600 dpi has 70 million
MOST_EDGE = 30_000
PNG_END = b"IEND\xaeB`\x82"
TYPES = {"PNG": ("image/png", ".png"), "JPEG": ("image/jpeg", ".jpg")}


def look(path: Path) -> Verdict:
    """Return what the picture is; raises Refused."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    if zipfile.is_zipfile(path):
        raise Refused("polyglot", "ảnh có kèm một tệp nén ở cuối")
    try:
        media_type, extension = _decoded(path)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused("pixels", f"ảnh quá lớn, nhiều nhất {MOST_PIXELS:,} điểm ảnh") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise Refused("broken", "ảnh hỏng hoặc không đầy đủ; hãy quét lại") from None
    if extension == ".png" and not path.read_bytes().endswith(PNG_END):
        raise Refused("polyglot", "sau ảnh còn dữ liệu khác")
    return Verdict(media_type=media_type, extension=extension)


def _decoded(path: Path) -> tuple[str, str]:
    with Image.open(path, formats=list(TYPES)) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS or max(width, height) > MOST_EDGE:
            raise Refused("pixels", f"ảnh quá lớn, nhiều nhất {MOST_PIXELS:,} điểm ảnh")
        if getattr(picture, "n_frames", 1) > 1 and picture.format == "PNG":
            raise Refused("animated", "ảnh động không phải là bản quét")
        picture.load()
        return TYPES[str(picture.format)]
