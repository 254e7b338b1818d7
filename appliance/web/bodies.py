"""Bodies of requests; unknown fields are refused."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from appliance.platform.contract import WithdrawalReason
from appliance.visit.details import Details
from appliance.visit.exemptions import NOTE_LIMIT
from appliance.visit.identification import CODE_LIMIT
from appliance.visit.reports import TEXT_LIMIT, Category
from appliance.web.people import Role
from appliance.web.tablets import Screen
from firmware.ports import LampLevel


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


_Coordinate = Annotated[str, Field(min_length=43, max_length=43)]  # 32 bytes, base64url


class TabletKeyBody(_Body):
    """The public half of the tablet's key, a point of P-256 as in a JWK."""

    x: _Coordinate
    y: _Coordinate


class PairingBody(_Body):
    """The code shown by the station; what the tablet is for, and the key it proves itself with."""

    code: str = Field(min_length=1, max_length=20)
    screen: Screen = "operator"
    key: TabletKeyBody | None = None


class ProofBody(_Body):
    """The station's question, and its signature (base64url of r then s)."""

    question: str = Field(min_length=1, max_length=64)
    signature: str = Field(min_length=1, max_length=128)


class PlanBody(_Body):
    """Which plan the day follows."""

    id: str = Field(min_length=1, max_length=64)


class CodeBody(_Body):
    """A capture code's payload."""

    payload: str = Field(min_length=1, max_length=CODE_LIMIT)


class AnswerBody(_Body):
    """The student's answer."""

    answer: str = Field(min_length=1, max_length=64)


class DetailsBody(_Body):
    """What the student adds or says is wrong."""

    fields: dict[str, Annotated[str, Field(max_length=1000)]] | None = Field(default=None, max_length=20)
    phone: str | None = Field(default=None, max_length=40)
    phone_declined: bool = False
    corrections: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=20)

    def details(self) -> Details | None:
        """None when the request says nothing of details."""
        given = self.model_fields_set & set(DetailsBody.model_fields)
        if not given:
            return None
        return Details(self.fields or {}, self.phone, self.phone_declined, tuple(self.corrections))


class ConfirmBody(DetailsBody):
    """The record shown was confirmed and the consent text agreed to; details may come with it."""

    record_confirmed: bool
    consent_version: str = Field(max_length=64)


class VoucherBody(_Body):
    """The number printed on a voucher."""

    number: str = Field(min_length=1, max_length=80)


class ExceptionBody(_Body):
    """Why a refused photo is accepted."""

    reason: str = Field(max_length=40)
    note: str = Field(default="", max_length=NOTE_LIMIT)


class AcceptBody(_Body):
    """Which shot is accepted."""

    shot: str = Field(max_length=64)
    exception: ExceptionBody | None = None
    face_confirmed: bool = False
    pin: str | None = Field(default=None, max_length=20, description="of whoever is signed in; an exception needs it")


class AbandonBody(_Body):
    """A short word that says why, never free text about a person."""

    reason: str = Field(default="operator", pattern=r"^[a-z][a-z-]{0,39}$")


class WithdrawBody(_Body):
    """Why a capture is taken back."""

    reason: WithdrawalReason


class ForgetBody(_Body):
    """Whether captures that the platform has not got may go too."""

    even_undelivered: bool = False


class ReportBody(_Body):
    """What went wrong, in the words of whoever reports it; they travel sealed."""

    category: Category
    text: str = Field(default="", max_length=TEXT_LIMIT)


class PersonBody(_Body):
    """A picture of the stand-in's cast."""

    id: str = Field(max_length=100)


class SignInBody(_Body):
    """Who signs in at this tablet."""

    operator: str = Field(max_length=64)
    pin: str = Field(max_length=20)


class NewPersonBody(_Body):
    """Somebody who may sign in; the first one is made with the set-up code of the console."""

    name: str = Field(max_length=200)
    role: Role = "operator"
    pin: str = Field(max_length=20)
    setup_code: str | None = Field(default=None, max_length=20)


class PersonChangeBody(_Body):
    """What is to be different; what is left out stays."""

    name: str | None = Field(default=None, max_length=200)
    role: Role | None = None
    pin: str | None = Field(default=None, max_length=20)


class DriveBody(_Body):
    """Take the wheel; `take_over` also from a tablet that drives now."""

    take_over: bool = False


class LampsBody(_Body):
    """The level to go to by hand."""

    level: LampLevel


class CalibrationUseBody(_Body):
    """Which of the kept calibrations is to be used."""

    number: int = Field(ge=1, le=9999)
