"""A card and an archive that lacks some of it: what became of the archive's copies is known for each file."""

import shutil

import numpy as np
from PIL import ExifTags, Image, ImageDraw


def photo(seed):
    """A picture with coarse and fine detail."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)).resize(
        (256, 192), Image.Resampling.BICUBIC
    )
    fine = Image.fromarray(rng.integers(0, 256, (48, 64, 3), dtype=np.uint8)).resize(
        (256, 192), Image.Resampling.BICUBIC
    )
    return Image.blend(coarse, fine, 0.3)


def exif(number):
    """What a camera writes."""
    made = Image.Exif()
    made[ExifTags.Base.Make], made[ExifTags.Base.Model] = "Camera", "One"
    made.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = (
        f"2020:02:02 12:{number // 60:02}:{number % 60:02}"
    )
    return made


def edited(picture, path, number):
    other = picture.copy()
    ImageDraw.Draw(other).rectangle((150, 120, 190, 150), "white")
    other.save(path, quality=92, exif=exif(number))


def cropped(picture, path, number):
    picture.crop((8, 6, 248, 186)).save(path, quality=92, exif=exif(number))


def cut(picture, path, number):
    picture.save(path, quality=92, exif=exif(number))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def without_exif(picture, path, number):
    picture.save(path, quality=92)


def unreadable(picture, path, number):
    path.write_bytes(b"\xff\xd8\xff no picture")


def smaller(picture, path, number):
    picture.resize((128, 96)).save(path, quality=92, exif=exif(number))


# What became of the archive's copy of a picture on the card: then the card has more than the archive.
LOSSES = [edited, cropped, cut, without_exif, unreadable, smaller]


def moved(path, other, number):
    shutil.copy2(path, other)


def captioned(path, other, number):
    """The same pixels, with a further note."""
    with Image.open(path) as picture:
        noted = picture.getexif()
        noted[ExifTags.Base.ImageDescription] = "the garden"
        content, marks = path.read_bytes(), noted.tobytes()
    end = 2
    while content[end + 1] in (0xE0, 0xE1):
        end += 2 + int.from_bytes(content[end + 2 : end + 4])
    other.write_bytes(content[:2] + b"\xff\xe1" + (len(marks) + 2).to_bytes(2) + marks + content[end:])


KEPT = [moved, moved, captioned]


def plant(card, archive, *, seed, pictures, share=0.5):
    """Fill both folders; the paths on the card of which the archive lacks something.

    Parameters
    ----------
    card, archive : Path
        Are made.
    seed : int
    pictures : int
        So many, and five other files.
    share : float
        Of them, on average, that are lost.
    """
    rng = np.random.default_rng(seed)
    for folder in (card / "DCIM", archive / "2020"):
        folder.mkdir(parents=True)
    lost = set()
    for number in range(pictures):
        path, other = card / "DCIM" / f"IMG_{number}.jpg", archive / "2020" / f"{number}.jpg"
        picture = photo(pictures * seed + number)
        picture.save(path, quality=92, exif=exif(number))
        if rng.random() < share:
            LOSSES[rng.integers(len(LOSSES))](picture, other, number)
            lost.add(str(path))
        else:
            KEPT[rng.integers(len(KEPT))](path, other, number)
    for number, name in enumerate(("film.mov", "raw.nef", "notes.txt", ".hidden", "empty.bin")):
        path = card / name
        path.write_bytes(rng.bytes(1000 * number))
        if rng.random() >= share:
            shutil.copy2(path, archive / f"as_{name}")
        else:
            (archive / f"as_{name}").write_bytes(rng.bytes(1000 * number + 1))
            lost.add(str(path))
    return lost
