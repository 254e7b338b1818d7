"""The list beside the photos, as the school's office opens it: CSV (RFC 4180) in UTF-8 with a byte order mark, so that Excel
shows Chinese, and with no cell that a spreadsheet would take for a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

COLUMNS: Mapping[str, str] = {
    "file": "文件",
    "school": "学校",
    "level": "层次",
    "type": "类型",
    "class_name": "班级",
    "major": "专业",
    "name": "姓名",
    "student_number": "学号",
    "number": "证件号码",
    "state": "状态",
    "accepted_at": "采集时间",
    "source": "来源",
    "exception": "例外理由",
    "capture_id": "采集编号",
    "photo_sha256": "照片校验值",
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # spreadsheets take full-width ones too


def as_csv(rows: Iterable[Mapping[str, str]]) -> bytes:
    """The whole list: a heading in Chinese, a row a capture, CRLF line ends."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, dialect="excel", quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(COLUMNS.values())
    for row in rows:
        writer.writerow([harmless(row.get(key, "")) for key in COLUMNS])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def read_csv(data: bytes) -> list[dict[str, str]]:
    """Rows of a list written by `as_csv`, by column key. ValueError when it is another file."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    if not rows or rows[0] != list(COLUMNS.values()):
        raise ValueError("not a list of an archive: its first line is another")
    return [dict(zip(COLUMNS, (_plain(cell) for cell in row), strict=True)) for row in rows[1:]]


def harmless(cell: str) -> str:
    """A cell that a spreadsheet shows and never computes (a leading apostrophe is its own sign for text)."""
    return f"'{cell}" if cell.startswith((*_FORMULA, "'")) else cell


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") else cell
