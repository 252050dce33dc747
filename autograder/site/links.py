"""Follow every link of a site: those inside it must lead to a page and an anchor; those that leave it are listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Links:
    """What was found: each broken link with its reason, and every address outside the site, once."""

    count: int
    broken: tuple[str, ...]
    outside: tuple[str, ...]


class _Page(HTMLParser):
    """Collect a page's anchors, and what its links and pictures point to."""

    def __init__(self) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found: Mapping[str, str] = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.anchors.append(found["id"])
        if tag in ("a", "link") and "href" in found:
            self.targets.append(found["href"])
        if tag in ("img", "script", "iframe", "source") and "src" in found:
            self.targets.append(found["src"])


def check_links(pages: Iterable[Path]) -> Links:
    """Read the pages and follow their links; nothing is fetched."""
    read: dict[Path, _Page] = {}
    for path in pages:
        read[path] = _Page()
        read[path].feed(path.read_text(encoding="utf-8"))
    broken: list[str] = []
    outside: set[str] = set()
    count = 0
    for path, page in read.items():
        broken += [f"{path.name}: the anchor {each!r} is there twice" for each in sorted(_twice(page.anchors))]
        for target in page.targets:
            count += 1
            parts = urlsplit(target)
            if parts.scheme == "data":
                continue
            if parts.scheme or parts.netloc:
                outside.add(target)
            elif reason := _what_is_wrong(path, unquote(parts.path), unquote(parts.fragment), read):
                broken.append(f"{path.name}: {target!r} {reason}")
    return Links(count, tuple(broken), tuple(sorted(outside)))


def _twice(anchors: list[str]) -> set[str]:
    return {each for each in anchors if anchors.count(each) > 1}


def _what_is_wrong(path: Path, name: str, anchor: str, read: Mapping[Path, _Page]) -> str:
    aim = (path.parent / name).resolve() if name else path
    if not aim.is_file():
        return "leads to no file"
    if anchor and (aim not in read or anchor not in read[aim].anchors):
        return f"leads to no place called {anchor!r}"
    return ""
