"""Compare names the way people write them: without regard to case, accents, hyphens or apostrophes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Straight, curly, modifier and accent characters that stand for an apostrophe; and characters nobody sees.
_DROPPED = dict.fromkeys(map(ord, "'’‘`´ʼʻʹ′＇\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
# Letters that carry their stroke inside, so that no accent can be taken off.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"}
)
_TRANSLITERATED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_ACCENTS = re.compile("[\u0300-\u036f]")  # accents of Latin, Greek and Cyrillic; vowel signs elsewhere stay
_CAMEL = re.compile(r"(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


def caseless(text: str) -> str:
    """Give the text without case, apostrophes and invisible characters; accents stay."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(_DROPPED)


def plain(text: str) -> str:
    """Give the caseless text without accents: `Łukasz Muñoz` and `lukasz munoz` are the same."""
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", caseless(text)))
    return unicodedata.normalize("NFC", bare.translate(_PLAIN))  # after the accents: ǣ is an æ with one


def transliterated(text: str) -> str:
    """Give the plain text with `ü` written `ue`, as passports and e-mail addresses do."""
    return plain(caseless(text).translate(_TRANSLITERATED))


def _is_of_a_word(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character)[0] == "M"


@lru_cache(maxsize=32_768)  # a class's names are compared over and over
def words(text: str) -> tuple[str, ...]:
    """Split into plain words, at everything that is no letter, mark or digit (apostrophes are dropped)."""
    return tuple("".join(c if _is_of_a_word(c) else " " for c in plain(text)).split())


def joined(text: str) -> str:
    """Give the plain words without anything between them."""
    return "".join(words(text))


def joined_with_accents(text: str) -> str:
    """Give the letters like `joined`, with the accents the writer gave them."""
    return "".join(c for c in caseless(text) if _is_of_a_word(c))


def split_camel_case(text: str) -> str:
    """Split `AdaLovelaceHW1` into `Ada Lovelace HW 1`: where small letters meet capitals or digits."""
    return _CAMEL.sub(" ", text)


def scripts(text: str) -> frozenset[str]:
    """Name the scripts of the letters (LATIN, CJK, ARABIC, …), from their Unicode names."""
    return frozenset(unicodedata.name(c, "?").split()[0] for c in text if c.isalpha())
