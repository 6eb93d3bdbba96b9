"""What a person says of whole folders in the gallery: that nothing goes from one, or that its files stay."""

from collections.abc import Callable

from dupviz.review.session import Review
from dupviz.widgets.gallery.cards import Cards
from dupviz.widgets.gallery.states import FolderRule

__all__ = ["FOLDER_RULES", "FolderRules"]

# How each is called, by the name that it has in `Review`.
FOLDER_RULES = {"never_from": "nothing goes from", "keep_from": "keep from"}


class FolderRules:
    """The rules for folders of a review; each change groups its files anew.

    Parameters
    ----------
    review : Review
    cards : Cards
        Of its files.
    regroup : callable
        As `Review.regroup`, of this review.
    """

    def __init__(self, review: Review, cards: Cards, regroup: Callable[..., None]) -> None:
        self._review, self._cards, self._regroup = review, cards, regroup

    def never_from(self, image: int) -> str:
        """Let nothing go from the folder of a file; say so in a sentence."""
        folder = self._cards.folder_of(image)
        kept = tuple(each for each in self._review.keep_from if each != folder)
        self._regroup(never_from=(*self._review.never_from, folder), keep_from=kept)
        return f"nothing goes from {self._cards.folder_words(folder)}."

    def keep_from(self, image: int) -> str:
        """Keep what is in the folder of a file, in all groups that have such a file; say so in a sentence."""
        folder = self._cards.folder_of(image)
        self._regroup(keep_from=(*self._review.keep_from, folder))
        return f"in all groups that have a file in {self._cards.folder_words(folder)}, that one stays."

    def forget(self, rule: str, number: int) -> None:
        """Take back a rule, if there is one of this number, counted among those of its name in `FOLDER_RULES`."""
        folders = list(getattr(self._review, rule))
        if 0 <= number < len(folders):
            del folders[number]
            self._regroup(**{rule: tuple(folders)})

    def describe(self) -> list[FolderRule]:
        """All of them in words, as JSON can hold it."""
        return [
            {"rule": rule, "number": number, "words": f"{words} {self._cards.folder_words(folder)}"}
            for rule, words in FOLDER_RULES.items()
            for number, folder in enumerate(getattr(self._review, rule))
        ]
