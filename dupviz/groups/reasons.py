"""What follows from a look for a file, in words: why it can go, or why a person has to decide."""

from dupviz._words.words import listed
from dupviz.look.look import UNREADABLE, Look
from dupviz.look.verdict import DIFFERENT, EDITED, FLAT, IN_OTHER_LIGHT, PARTS, SAME, TOO_SMALL

__all__ = ["BYTE_COPY", "COPIES", "DOUBTFUL", "EDITS", "SOURCE", "judged", "listed_words", "only_one_with"]

BYTE_COPY = Look(SAME, "byte copy")

# What can go, in plain words; a resized copy is a smaller or a larger one.
COPIES = {
    "byte copy": "exact copy",
    "same pixels": "the same pixels",
    "re-encoded": "saved again",
    "turned": "turned copy",
    "mirrored": "mirrored copy",
    "noisier": "noisier copy",
    "less noise": "copy with less noise",
    "softer": "softer copy",
    "sharper": "sharper copy",
    "fewer colours": "copy with fewer colours",
    "more colours": "copy with more colours",
}
EDITS = {
    "edited": "edited: look at the marked place",
    "moved": "the camera has moved",
    "stretched": "other proportions",
    "more frames": "more frames, or pages",
    "depth": "the same in 8 bits, but the bits beyond these differ",
    "transparency": "differs where it is transparent",
    "ground": "the same picture on another ground: one of them is transparent",
    "burst": "another shot of the same moment",
    "border": "the same picture, with a border around one of them",
    "cropped": "the same picture, cropped",
    "light": "the same picture in other light",
    "colour": "the same picture in other colours",
    "noisier": "the same picture, but noisier",
    "less noise": "the same picture, but with less noise",
    "softer": "the same picture, but softer",
    "sharper": "the same picture, but sharper",
    "fewer colours": "the same picture, but with fewer colours",
    "more colours": "the same picture, but with more colours",
    "re-encoded": "the same picture, but it differs by more than saving explains",
    "turned": "the same picture, but turned",
    "mirrored": "the same picture, but mirrored",
    "tilted": "the same picture, turned by {tilt:g}°",
    "retaken": "the same picture, seen from aside, as in a photo of a screen or a print",
    "part": "one shows the other, or a part of it, among other things",
    "tone": "the same picture, in another tone",
}
SOURCE = "the other was made from it"
DOUBTFUL = "near by the MSE, but not at a closer look"
OTHERS = {TOO_SMALL: "too small to tell", UNREADABLE: "cannot be read again, or has changed since"}


def only_one_with(*words: str) -> str:
    """Why a file stays, from what it has in lists of words."""
    return f"the only one with {listed_words(*words)}"


def listed_words(*words: str) -> str:
    """Lists of words as one: ``"a caption, a place"`` and ``"a rating"`` → ``"a caption, a place and a rating"``."""
    return listed(", ".join(filter(None, words)).split(", "))


def judged(look: Look, mse: float, threshold: float) -> tuple[str, str]:
    """What follows from a look for the second of two files, but for metadata: an action, and the reason in words."""
    if look.verdict == SAME:
        if look.kind in IN_OTHER_LIGHT:
            return "review", EDITS[look.kind]
        if look.more_b and look.kind != BYTE_COPY.kind:
            return "review", only_one_with(look.more_b, look.notes_b)
        if look.kind in PARTS:
            return "review", EDITS[look.kind]
        if mse >= threshold:
            return "review", f"the same picture, but its MSE is not below {threshold:g}"
        return "remove", COPIES.get(look.kind, look.kind)
    if look.verdict == EDITED:
        if look.kind == "transparency" and mse >= threshold:  # over white they are not near, over black not the same
            return "keep", ""
        return "review", EDITS[look.kind].format(tilt=look.tilt)
    if look.verdict == DIFFERENT:
        return ("review", "almost one colour: nothing to compare") if look.kind == FLAT else ("keep", "")
    return "review", OTHERS[look.verdict]
