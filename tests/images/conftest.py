import numpy as np
import pytest
from PIL import Image


@pytest.fixture
def save(tmp_path):
    """Save a picture, and return the path."""

    def save(image, name, **options):
        path = tmp_path / name
        image.save(path, **options)
        return path

    return save


@pytest.fixture
def write(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@pytest.fixture(scope="module")
def photo():
    """A smooth picture that differs under every symmetry, 300 x 200."""
    y, x = np.mgrid[:200, :300]
    return Image.fromarray(
        np.stack([x * 255 // 299, y * 255 // 199, 128 + 127 * np.sin(x / 40 + y / 25)], axis=2).astype(np.uint8)
    )
