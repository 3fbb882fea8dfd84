"""Names as people read them, Chinese and English, and the short ASCII codes made from them."""

from __future__ import annotations

import re
import unicodedata

from pypinyin import lazy_pinyin

from gis_data.model import Name
from gis_data.osm.raw import Tags


def local_name(tags: Tags) -> str:
    """The name that stands on the spot."""
    for key in ("name", "official_name", "short_name", "name:zh", "name:en"):
        name = tags.get(key, "").strip()
        if name:
            return name
    return ""


def both_names(tags: Tags) -> Name | None:
    """In Chinese and English; the local name serves where a language has none. None where there is no name at all."""
    local = local_name(tags)
    if not local:
        return None
    chinese = tags.get("name:zh-Hans") or tags.get("name:zh") or tags.get("name:zh-CN") or local
    return Name(zh=chinese.strip(), en=(tags.get("name:en") or local).strip())


def slug(text: str, fallback: str) -> str:
    """ASCII letters, digits and hyphens: `Triesenberg`, `泽州` and `Gröden` become triesenberg, zezhou, groden."""
    plain = " ".join(lazy_pinyin(text.replace("ß", "ss"))) if re.search(r"[㐀-鿿]", text) else text
    ascii_text = (
        unicodedata.normalize("NFKD", plain.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    )
    joined = re.sub(r"(?<=[a-z]) (?=[a-z])", "" if plain != text else "-", ascii_text)
    return re.sub(r"[^a-z0-9]+", "-", joined).strip("-")[:40].strip("-") or fallback


class Codes:
    """Gives each name a code of its own: vaduz, then vaduz-2."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def code(self, text: str, fallback: str) -> str:
        stem = slug(text, fallback)
        code, number = stem, 1
        while code in self._given:
            number += 1
            code = f"{stem}-{number}"
        self._given.add(code)
        return code
