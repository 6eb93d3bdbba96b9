"""Make the copies in data/photos again, and data/truth.csv with what is true of them.

    python data/make_copies.py

The originals in data/photos are committed and never touched (data/README.md says where each comes from). Everything
else is made here: no chance is involved, so the same version of Pillow gives the same bytes. Other versions may
encode a picture in other bytes; the tensors, and with them truth.csv, then move a little at most.
"""

import csv
from itertools import combinations
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageDraw, ImageEnhance, ImageFont, ImageOps

import dupviz

DATA = Path(__file__).resolve().parent
PHOTOS = DATA / "photos"
THRESHOLD = 200


# How a copy comes about: each function takes a picture and returns another


def same(picture):
    """Keep every pixel: only the file format or its quality changes."""
    return picture


def turned(degrees):
    """Turn by 90, 180 or 270 degrees counter-clockwise, without loss."""
    return lambda picture: picture.transpose(getattr(Image.Transpose, f"ROTATE_{degrees}"))


def scaled(divisor):
    """Make both sides shorter by the divisor."""
    return lambda picture: picture.resize((picture.width // divisor, picture.height // divisor))


def brighter(percent):
    """Multiply every value; what exceeds 255 is clipped, as a camera does."""
    return lambda picture: ImageEnhance.Brightness(picture).enhance(1 + percent / 100)


def cropped(percent):
    """Cut that share of the width and of the height off, half of it on each side."""

    def crop(picture):
        x, y = round(picture.width * percent / 200), round(picture.height * percent / 200)
        return picture.crop((x, y, picture.width - x, picture.height - y))

    return crop


def watermarked(picture):
    """Write a word across the lower right corner."""
    picture = picture.copy()
    font = ImageFont.load_default(picture.height // 16)
    place = (picture.width - 10, picture.height - 10)
    ImageDraw.Draw(picture).text(place, "© somebody", fill="white", font=font, anchor="rs")
    return picture


def on_white(picture):
    """Replace what is transparent by white."""
    return Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture.convert("RGBA")).convert("RGB")


def sixteen_bit(picture):
    """Store 8-bit grey in 16 bits: 255 becomes 65535."""
    return Image.fromarray(np.asarray(picture.convert("L")).astype(np.uint16) * 257)


def turned_small(picture):
    """Turn and make smaller in one go; saved at a low quality, that is how pictures travel through messengers."""
    return scaled(2)(turned(90)(picture))


def blinking(picture):
    """Make three small frames: the picture, darkness, the picture."""
    picture = scaled(3)(picture)
    return [picture, ImageEnhance.Brightness(picture).enhance(0.3), picture]


# What is drawn rather than photographed


def plain(colour):
    """Draw a surface of one colour with the slight noise of a camera."""
    noise = np.random.default_rng(seed=sum(colour)).normal(0, 3, (240, 320, 1))
    return Image.fromarray((np.array(colour) + noise).round().clip(0, 255).astype(np.uint8))


def invoice(number, date, hours, rate=45):
    """Draw a page of which only a few figures differ from one month to the next."""
    page = Image.new("L", (420, 594), 255)
    draw = ImageDraw.Draw(page)
    draw.rectangle((40, 40, 90, 90), fill=90)
    draw.text((105, 48), "Lilac Garden Care", fill=30, font=ImageFont.load_default(26))
    text = f"Invoice {number}\n{date}\n\nGarden work, {hours} hours at {rate}.00\n{hours * rate}.00\n\nThank you!"
    draw.multiline_text((40, 150), text, fill=30, font=ImageFont.load_default(18), spacing=14)
    draw.line((40, 540, 380, 540), fill=120, width=2)
    return page


# How it is saved, where the defaults will not do

EMAIL = {"quality": 30}


def camera_held(orientation):
    """Say in the EXIF data how the camera was held: a viewer turns the picture upright."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return {"exif": exif}


# file, source, kind, what is done to the picture, and how it is saved if not by the defaults
COPIES = [
    ("coffee_turned_90.jpg", "coffee.jpg", "rotated 90", turned(90)),
    ("coffee_turned_180.jpg", "coffee.jpg", "rotated 180", turned(180)),
    ("coffee_turned_270.jpg", "coffee.jpg", "rotated 270", turned(270)),
    ("coffee_small.jpg", "coffee.jpg", "half size", scaled(2)),
    ("coffee_thumbnail.jpg", "coffee.jpg", "quarter size", scaled(4)),
    ("coffee_email.jpg", "coffee.jpg", "JPEG quality 30", same, EMAIL),
    ("coffee.webp", "coffee.jpg", "WebP", same),
    ("coffee_watermark.jpg", "coffee.jpg", "watermarked", watermarked),
    ("coffee_brighter_5.jpg", "coffee.jpg", "brighter 5 %", brighter(5)),
    ("coffee_brighter_15.jpg", "coffee.jpg", "brighter 15 %", brighter(15)),
    ("coffee_cropped_2.jpg", "coffee.jpg", "cropped 2 %", cropped(2)),
    ("coffee_cropped_5.jpg", "coffee.jpg", "cropped 5 %", cropped(5)),
    ("coffee_mirrored.jpg", "coffee.jpg", "mirrored", ImageOps.mirror),
    ("coffee_grey.jpg", "coffee.jpg", "grey", ImageOps.grayscale),
    ("cat.png", "cat.jpg", "PNG", same),
    ("cat.gif", "cat.jpg", "GIF of 256 colours", scaled(2)),
    ("cat_blinks.gif", "cat.jpg", "animated GIF", blinking),
    ("cat_message.jpg", "cat.jpg", "rotated 90 + half size + JPEG quality 30", turned_small, EMAIL),
    ("cat_mirrored.jpg", "cat.jpg", "mirrored", ImageOps.mirror),
    ("cat_cropped_5.jpg", "cat.jpg", "cropped 5 %", cropped(5)),
    ("clock_cropped_5.jpg", "clock.jpg", "cropped 5 %", cropped(5)),
    ("rocket.avif", "rocket.jpg", "AVIF", same),
    ("rocket_brighter_15.jpg", "rocket.jpg", "brighter 15 %", brighter(15)),
    ("rocket_turned_270.jpg", "rocket.jpg", "rotated 270", turned(270)),
    ("astronaut_small.webp", "astronaut.jpg", "half size + WebP", scaled(2)),
    ("astronaut_grey.jpg", "astronaut.jpg", "grey", ImageOps.grayscale),
    ("photographer_16_bit.png", "photographer.jpg", "16-bit grey", lambda picture: sixteen_bit(scaled(2)(picture))),
    ("photographer.tif", "photographer.jpg", "TIFF", same, {"compression": "tiff_deflate"}),
    ("brick_wall_turned_180.jpg", "brick_wall.jpg", "rotated 180", turned(180)),
    ("gravel_small.jpg", "gravel.jpg", "half size", scaled(2)),
    ("gravel_cropped_5.jpg", "gravel.jpg", "cropped 5 %", cropped(5)),
    ("galaxies_mirrored.jpg", "galaxies.jpg", "mirrored", ImageOps.mirror),
    ("retina_mirrored.jpg", "retina.jpg", "mirrored", ImageOps.mirror),
    ("acanthus_brighter_15.jpg", "acanthus.jpg", "brighter 15 %", brighter(15)),
    ("allium_brighter_5.jpg", "allium.jpg", "brighter 5 %", brighter(5)),
    ("airplane_email.jpg", "airplane.jpg", "JPEG quality 30", same, EMAIL),
    ("earth_africa.bmp", "earth_africa.jpg", "quarter size + BMP", scaled(4)),
    ("earth_australia_turned_90.jpg", "earth_australia.jpg", "rotated 90", turned(90)),
    ("ladybird_on_white.jpg", "ladybird.png", "on white", on_white),
    ("balloons_small.png", "balloons.png", "half size", scaled(2)),
    ("holiday/alps_cropped_2.jpg", "holiday/alps.jpg", "cropped 2 %", cropped(2)),
    ("holiday/canyon_phone.jpg", "holiday/canyon.jpg", "EXIF orientation 6", turned(90), camera_held(6)),
    ("holiday/harbour_phone.jpg", "holiday/harbour.jpg", "EXIF orientation 8", turned(270), camera_held(8)),
    ("holiday/harbour_grey.jpg", "holiday/harbour.jpg", "grey", ImageOps.grayscale),
    ("holiday/dandelions_email.jpg", "holiday/dandelions.jpg", "JPEG quality 30", same, EMAIL),
]

# file, source, kind, and the share of the source's bytes that it has
BYTES = [
    ("IMG_0417.jpg", "rocket.jpg", "byte copy", 1),
    ("portrait", "astronaut.jpg", "byte copy without extension", 1),
    ("holiday/alps_download.jpg", "holiday/alps.jpg", "truncated", 0.6),
]

# file, kind, the picture: strangers to one another, however near their tensors are
DRAWN = [
    ("white_wall.jpg", "flat", plain((236, 235, 231))),
    ("empty_scan.jpg", "flat", plain((240, 239, 236))),
    ("invoice_march.png", "original", invoice("2024-031", "28 March", 12)),
    ("invoice_april.png", "original", invoice("2024-046", "30 April", 17)),
]

# file, source, the other file of the pair, kind: flags that are one picture, and strangers that only look alike
ALIKE = [
    ("flags/french_guiana.png", "flags/france.png", "flags/france.png", "identical flag"),
    ("flags/wallis_and_futuna.png", "flags/france.png", "flags/france.png", "identical flag"),
    ("flags/reunion.png", "flags/france.png", "flags/france.png", "redrawn flag"),
    ("flags/bonaire.png", "flags/netherlands.png", "flags/netherlands.png", "redrawn flag"),
    *(
        (f"flags/{a}.png", f"flags/{a}.png", f"flags/{b}.png", "look-alike flag")
        for a, b in [
            ("monaco", "indonesia"),
            ("poland", "indonesia"),
            ("mali", "guinea"),
            ("chad", "romania"),
            ("ivory_coast", "ireland"),
            ("luxembourg", "netherlands"),
        ]
    ),
    *(
        (f"lights_{a}.jpg", f"lights_{a}.jpg", f"lights_{b}.jpg", "dark")
        for a, b in combinations(["south_america", "india", "europe", "north_america"], 2)
    ),
    ("white_wall.jpg", "white_wall.jpg", "empty_scan.jpg", "flat"),
    ("invoice_april.png", "invoice_april.png", "invoice_march.png", "look-alike page"),
]

NOTES = """This is not a picture: it is here to see what becomes of a file that is none.

Coffee at nine, the harbour before noon, and do not forget to water the dandelions.
"""


def read(file):
    """Read a picture as a viewer shows it: upright, its first frame."""
    with Image.open(PHOTOS / file) as picture:
        return ImageOps.exif_transpose(picture)


def write(picture, file, options):
    """Save one picture, or a list of frames, in the format that the file's name says."""
    frames = picture if isinstance(picture, list) else [picture]
    if len(frames) > 1:
        options = options | {"save_all": True, "append_images": frames[1:], "duration": [1500, 100, 1500], "loop": 0}
    elif Path(file).suffix == ".jpg":
        options = {"quality": 85} | options
    frames[0].save(PHOTOS / file, **options)


def measure(images, file, other):
    """Return the MSE of two of the pictures, as dupviz reads and compares them."""
    rows = {Path(path).relative_to(PHOTOS).as_posix(): row for row, path in enumerate(images.files["path"])}
    return dupviz.distance(*images.tensors[[rows[file], rows[other]]])[0]


def truth():
    """Return the rows of truth.csv: every file at least once, in order of the files."""
    pairs = [(file, source, kind, source) for file, source, kind, *_ in [*COPIES, *BYTES]]
    pairs += [(file, source, kind, other) for file, source, other, kind in ALIKE]
    named = {file for file, *_ in pairs}
    images = dupviz.load_images(PHOTOS, cache=False)
    kinds = {file: kind for file, kind, _ in DRAWN}
    rows = []
    for file, source, kind, other in pairs:
        if kind == "truncated":  # it cannot be read, so it has no tensor
            rows.append([file, source, kind, other, "no", ""])
        else:
            mse = measure(images, file, other)
            rows.append([file, source, kind, other, "yes" if mse < THRESHOLD else "no", f"{mse:.1f}"])
    for path in PHOTOS.rglob("*"):
        file = path.relative_to(PHOTOS).as_posix()
        if file == "notes.txt":
            rows.append([file, "", "not an image", "", "", ""])
        elif path.is_file() and file not in named:
            rows.append([file, file, kinds.get(file, "original"), "", "", ""])
    return sorted(rows)


def main():
    """Make the copies and the table."""
    for file, _, picture in DRAWN:
        write(picture, file, {})
    for file, source, _, change, *options in COPIES:
        write(change(read(source)), file, *options or [{}])
    for file, source, _, share in BYTES:
        content = (PHOTOS / source).read_bytes()
        (PHOTOS / file).write_bytes(content[: round(len(content) * share)])
    (PHOTOS / "notes.txt").write_bytes(NOTES.encode())
    with (DATA / "truth.csv").open("w", encoding="utf-8", newline="") as table:
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(["file", "source", "kind", "pair", "found_at_200", "mse"])
        writer.writerows(truth())


if __name__ == "__main__":
    main()
