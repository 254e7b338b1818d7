"""HTML for the platform's pages: values are escaped where elements are made and nowhere else, and nothing loads from elsewhere."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from fastapi.responses import HTMLResponse

FOLDER = Path(__file__).with_name("pages")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_VOID = {"img", "input", "br"}


class Html(str):
    """Text that is markup already; any other text is escaped."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: str | bool | None) -> Html:
    """One element. A trailing underscore in an attribute's name is dropped (`class_`), an inner one is a hyphen; True is an
    attribute without a value, False and None leave it out."""
    opening = tag
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        written = name.rstrip("_").replace("_", "-")
        opening += f" {written}" if value is True else f' {written}="{escape(str(value))}"'
    if tag in _VOID:
        return Html(f"<{opening}>")
    return Html(f"<{opening}>{joined(*children)}</{tag}>")


def joined(*parts: str) -> Html:
    """Parts one after the other, escaped unless they are markup."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts))


def both(zh: str, en: str, tag: str = "span") -> Html:
    """A text in Chinese, with the English beside it, smaller."""
    return element(tag, zh, " ", element("small", en, lang="en"))


def page(title: str, body: Html, *, status: int = 200, kind: str = "", refresh_s: int | None = None) -> HTMLResponse:
    """A whole page; `kind` names its look, `refresh_s` loads it again by itself."""
    refresh = Html("") if refresh_s is None else Html(f'<meta http-equiv="refresh" content="{refresh_s:d}">')
    text = Template((FOLDER / "page.html").read_text()).substitute(
        title=escape(title), refresh=refresh, kind=escape(kind), body=body
    )
    return HTMLResponse(text, status, headers=HEADERS)
