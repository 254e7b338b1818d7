"""What answers have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """Part of an answer. What is not named here does not leave the station in one; tests hold that nothing is lost so."""

    model_config = ConfigDict(frozen=True)


class Words(Answer):
    """A text for people, in Chinese and English."""

    zh: str
    en: str
