"""Three readers of QR codes behind one signature: grey pixels (H, W) uint8 in, payloads out, each once.

ZBar reads first. zxing-cpp reads what ZBar does not (dim, inverted, tilted, small; it is also the faster of the two where there
is nothing to read). OpenCV's comes last, for pictures that somebody chose and waits for: it is slow, and trips over some codes.
"""

from __future__ import annotations

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from pyzbar.pyzbar import ZBarSymbol, decode

Grey = NDArray[np.uint8]
_ONLY_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def by_zbar(grey: Grey) -> list[str]:
    """One pass of ZBar."""
    found = decode(np.ascontiguousarray(grey), symbols=[ZBarSymbol.QRCODE])
    return list(dict.fromkeys(_text(symbol.data) for symbol in found if symbol.data))


def by_zxing(grey: Grey, *, thorough: bool = True) -> list[str]:
    """One pass of zxing-cpp: any turn, light on dark too. Not `thorough`: without looking at smaller versions of the picture."""
    found = zxingcpp.read_barcodes(np.ascontiguousarray(grey), formats=_ONLY_QR, try_downscale=thorough)
    return list(dict.fromkeys(_text(code.bytes) if _is_utf8(code.bytes) else code.text for code in found if code.bytes))


def by_opencv(grey: Grey) -> list[str]:
    """One pass of OpenCV's reader."""
    try:
        found, texts, _, _ = cv2.QRCodeDetector().detectAndDecodeMulti(grey)
    except (cv2.error, UnicodeDecodeError):  # a code that OpenCV trips over is one it cannot read
        return []
    return [text for text in dict.fromkeys(texts) if text] if found else []


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _text(data: bytes) -> str:
    """UTF-8; bytes that are no text are kept one to one, for the payload is opaque to a station."""
    return data.decode("utf-8") if _is_utf8(data) else data.decode("latin-1")
