"""One picture as SVG: the pixels, and over them what was seen and where it ought to be."""

from __future__ import annotations

import base64

from appliance.portrait.measure.patch import OVAL
from appliance.portrait.profile import Profile
from appliance.portrait.report.evidence import Evidence

# Rings of landmarks that are drawn as lines: lips, eyes, irises, brows.
_RINGS = (
    OVAL,
    (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191),
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
    (469, 470, 471, 472),
    (474, 475, 476, 477),
    (70, 63, 105, 66, 107, 55, 65, 52, 53, 46),
    (300, 293, 334, 296, 336, 285, 295, 282, 283, 276),
)
_ROOM = 0.06  # of the crop's size, left around it where it reaches beyond the picture
_LABEL = 0.032  # of the height: the size of figures in the drawing


def picture_id(number: int) -> str:
    """The name under which the pixels of a picture are used a second time in the page."""
    return f"px{number}"


def sketch(number: int, seen: Evidence, profile: Profile, outcomes: dict[str, str]) -> str:
    """The picture with segments, landmarks, faces and bands; `outcomes` by rule colour the bands."""
    x0, y0, x1, y1 = _shown(seen)
    parts = [
        f'<svg class="sketch" viewBox="{x0:.1f} {y0:.1f} {x1 - x0:.1f} {y1 - y0:.1f}" role="img">',
        f'<image id="{picture_id(number)}" width="{seen.size[0]}" height="{seen.size[1]}" href="{uri("jpeg", seen.picture)}"/>',
    ]
    if seen.tint is not None:
        left, top, right, bottom = seen.tint_box
        parts.append(
            f'<image class="l-segments" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}" '
            f'preserveAspectRatio="none" href="{uri("png", seen.tint)}"/>'
        )
    parts += [_mesh(seen), _faces(seen), _bands(seen, profile, outcomes), "</svg>"]
    return "".join(parts)


def thumbnail(number: int, seen: Evidence) -> str:
    """The part that becomes the photo, without drawings; the pixels are those of the sketch."""
    x0, y0, x1, y1 = seen.crop or (0.0, 0.0, float(seen.size[0]), float(seen.size[1]))
    box = f"{x0:.1f} {y0:.1f} {x1 - x0:.1f} {y1 - y0:.1f}"
    return f'<svg viewBox="{box}" preserveAspectRatio="xMidYMid slice"><use href="#{picture_id(number)}"/></svg>'


def _shown(seen: Evidence) -> tuple[float, float, float, float]:
    """The picture, and the crop where it reaches beyond."""
    width, height = float(seen.size[0]), float(seen.size[1])
    if seen.crop is None:
        return 0.0, 0.0, width, height
    x0, y0, x1, y1 = seen.crop
    room = _ROOM * (y1 - y0)
    beyond = x0 < 0 or y0 < 0 or x1 > width or y1 > height
    if not beyond:
        return 0.0, 0.0, width, height
    return min(0.0, x0 - room), min(0.0, y0 - room), max(width, x1 + room), max(height, y1 + room)


def _mesh(seen: Evidence) -> str:
    if seen.landmarks is None:
        return ""
    dots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in seen.landmarks)
    rings = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in seen.landmarks[list(ring)]) + "Z" for ring in _RINGS)
    return f'<g class="l-mesh"><path class="dots" d="{dots}"/><path class="rings" d="{rings}"/></g>'


def _faces(seen: Evidence) -> str:
    """Every face that was counted; the frame of the only one would say nothing."""
    if len(seen.faces) < 2:
        return ""
    boxes = "".join(
        f'<rect x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}"/>'
        for x0, y0, x1, y1 in seen.faces
    )
    return f'<g class="l-bands faces">{boxes}</g>'


def _bands(seen: Evidence, profile: Profile, outcomes: dict[str, str]) -> str:
    """The photo's frame; the bands for hair, eyes and midline as stripes, and what was measured as a line across each."""
    if seen.crop is None or seen.head is None:
        return ""
    x0, y0, x1, y1 = seen.crop
    scale, head = seen.photo_scale, seen.head
    size = _LABEL * (y1 - y0)
    parts = [f'<rect class="frame" x="{x0:.1f}" y="{y0:.1f}" width="{x1 - x0:.1f}" height="{y1 - y0:.1f}"/>']
    for rule, at, name in (("hair_top", head.hair_top, "发顶 hair"), ("eyes", head.eyes, "眼 eyes")):
        low, high = profile.limit(f"geometry.{rule}")
        state = outcomes.get(f"geometry.{rule}", "unknown")
        stripe = f'y="{y0 + low / scale:.1f}" height="{(high - low) / scale:.1f}"'
        parts.append(
            f'<rect class="band {state}" x="{x0:.1f}" width="{x1 - x0:.1f}" {stripe}><title>{name}</title></rect>'
        )
        if at is not None:
            label = f"{name} {(at - y0) * scale:.0f} px"
            parts.append(f'<path class="mark {state}" d="M{x0:.1f} {at:.1f}H{x1:.1f}"/>')
            parts.append(_label(x0 + size * 0.4, at - size * 0.35, size, label))
    share = profile.limit("geometry.centred") / 100 * (x1 - x0)
    middle, state = (x0 + x1) / 2, outcomes.get("geometry.centred", "unknown")
    parts.append(
        f'<rect class="band {state}" x="{middle - share:.1f}" width="{2 * share:.1f}" y="{y0:.1f}" height="{y1 - y0:.1f}"/>'
    )
    parts.append(f'<path class="mark {state}" d="M{head.midline:.1f} {y0:.1f}V{y1:.1f}"/>')
    parts.append(_width(seen, profile, outcomes, size))
    return f'<g class="l-bands">{"".join(parts)}</g>'


def _width(seen: Evidence, profile: Profile, outcomes: dict[str, str], size: float) -> str:
    """The face's width as a ruler below the chin, with the least and the most that the profile takes."""
    if seen.head is None:
        return ""
    low, high = (float(value) / seen.photo_scale / 2 for value in profile.limit("geometry.face_width"))
    state = outcomes.get("geometry.face_width", "unknown")
    x, y, half = seen.head.midline, seen.head.chin + 1.6 * size, seen.head.face_width / 2
    tick = 0.5 * size
    stripes = "".join(
        f'<rect class="band {state}" x="{left:.1f}" y="{y - tick:.1f}" width="{high - low:.1f}" height="{2 * tick:.1f}"/>'
        for left in (x - high, x + low)
    )
    ruler = f"M{x - half:.1f} {y:.1f}H{x + half:.1f}" + "".join(
        f"M{end:.1f} {y - tick:.1f}V{y + tick:.1f}" for end in (x - half, x + half)
    )
    text = f"脸宽 face {seen.head.face_width * seen.photo_scale:.0f} px"
    return f'{stripes}<path class="mark {state}" d="{ruler}"/>' + _label(x - half, y + 1.6 * size, size, text)


def _label(x: float, y: float, size: float, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}">{text}</text>'


def uri(kind: str, data: bytes) -> str:
    """A picture within the page."""
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
