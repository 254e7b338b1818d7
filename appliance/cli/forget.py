"""`station forget`: a student asks to be forgotten."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from appliance.cli.opening import Data


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(forget)


def forget(
    code: Annotated[
        str | None, typer.Argument(help="The student's capture code; - reads it from standard input.", metavar="CODE")
    ] = None,
    capture: Annotated[
        str | None, typer.Option("--capture", help="Or one of their captures, as station records shows it.")
    ] = None,
    even_undelivered: Annotated[
        bool, typer.Option("--even-undelivered", help="Also what the platform has not got yet.")
    ] = False,
    data: Data = None,
) -> None:
    """Erase everything this station has of a student; the journal keeps the proof that it was there, without the person.

    Exit code 1 when nothing was found or it may not go yet, 2 when neither code nor capture is given.
    """
    from appliance.cli.failing import fail
    from appliance.cli.opening import now, opened
    from appliance.ledger.errors import CaptureMissing
    from appliance.platform.identity import NotEnrolled
    from appliance.visit import forgetting
    from appliance.visit.errors import VisitError

    if (code is None) == (capture is None):
        fail("give the student's code, or --capture ID (station records lists them)", 2)
    with opened(data) as ledger:
        try:
            if capture is not None:
                digests = [forgetting.digest_of_capture(ledger, capture)]
            else:
                payload = sys.stdin.readline().strip() if code == "-" else str(code)
                digests = forgetting.digests_of_code(ledger, payload)
            erased = forgetting.forget(ledger, now(), digests, operator="local", even_undelivered=even_undelivered)
        except (CaptureMissing, NotEnrolled, ValueError) as error:
            fail(str(error), 1)
        except VisitError as error:
            fail(f"{error.message.zh}\n{error.message.en}", 1)
    if not erased:
        fail("nothing of this student is here", 1)
    typer.echo(f"{len(erased)} captures erased: {', '.join(erased)}; the journal keeps their ids and digests")
