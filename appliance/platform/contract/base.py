"""What every document of the contract is made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

CONTRACT_VERSION: Literal["1.1"] = "1.1"

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ShortText = Annotated[str, StringConstraints(max_length=200)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
CompactJose = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]*){2,4}$", max_length=20_000_000)
]

VerificationMethod = Literal["last_four", "student_number", "id_card", "none"]
Part = Literal["record", "photo", "original"]


class Sent(BaseModel):
    """Read by the platform: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answered(BaseModel):
    """Read by the station: unknown fields are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class LocalText(Sent):
    """A text for people, in Chinese and English."""

    zh: str = Field(max_length=20_000)
    en: str = Field(max_length=20_000)


class Problem(BaseModel):
    """RFC 9457 problem details; `code` is stable for programs, `message` is for people."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str
    title: str
    status: int
    detail: str
    code: str
    message: LocalText
