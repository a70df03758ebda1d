"""Frame texts in the reader's language.

Message ids are the English texts. ``catalogues/zh.po`` holds the Chinese ones; a test extracts every message id
from the code and fails if one has no translation. Use::

    _ = texts(lang)
    _("Nothing about {term} in the archive yet.", term=term)
    _.plural("{count} story", "{count} stories", count)

Texts that are named before the language is known are marked with ``mark`` and translated later with ``_(text)``.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from babel.messages.pofile import read_po

LANGUAGES = ("zh", "en")


def mark(text: str) -> str:
    """Return ``text`` as it is; the extractor finds it here."""
    return text


class Texts:
    """The texts of one language."""

    def __init__(self, lang: str, catalogue: dict[str, str]) -> None:
        self.lang = lang
        self._catalogue = catalogue

    def __call__(self, text: str, /, **values: object) -> str:
        """Return the text in this language with ``values`` put in."""
        return self._catalogue.get(text, text).format(**values) if values else self._catalogue.get(text, text)

    def plural(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Return the form for ``count``, which is put in as ``{count}`` with the other values."""
        text = self._catalogue.get(one) or (one if count == 1 else many)
        return text.format(count=count, **values)


@cache
def texts(lang: str | None) -> Texts:
    """Return the texts for a language tag; Chinese in all its kinds is "zh", everything else English."""
    if lang and lang.lower().replace("_", "-").split("-")[0] == "zh":
        return Texts("zh", _read("zh"))
    return Texts("en", {})


def language_name(lang: str, _: Texts) -> str:
    """Return the name of a language of issues, in the language of the texts; an unknown one is its tag."""
    return _(_NAMES[lang]) if lang in _NAMES else lang


_NAMES = {"zh": mark("Chinese"), "en": mark("English")}


def _read(lang: str) -> dict[str, str]:
    with (files(__package__) / "catalogues" / f"{lang}.po").open("rb") as file:
        catalogue = read_po(file, locale=lang)
    entries: dict[str, str] = {}
    for message in catalogue:
        singular = _first(message.id)
        if singular and (translated := _first(message.string)):
            entries[singular] = translated
    return entries


def _first(forms: str | list[str] | tuple[str, ...] | None) -> str:
    return forms if isinstance(forms, str) else (forms or ("",))[0]
