"""Logging: structured lines on stderr, for people or as JSON for the journal. Personal data never goes there."""

from __future__ import annotations

import logging
import sys

import structlog

from appliance.recent_log import RecentLines, masked


def configure(*, json_lines: bool, level: int = logging.INFO) -> None:
    """Send structlog and the standard library's loggers (uvicorn) the same way."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json_lines
        # Its own tracebacks would show what local variables hold: a student's record, a code.
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if json_lines:
        last += [structlog.processors.format_exc_info, _masked_values]
    handler = logging.StreamHandler(sys.stderr)
    # As JSON the values are masked one by one (a number stays a number), for people the whole line.
    formatter = structlog.stdlib.ProcessorFormatter if json_lines else Masking
    handler.setFormatter(formatter(foreign_pre_chain=shared, processors=[*last, renderer]))
    root = logging.getLogger()
    root.handlers[:] = [handler, RecentLines()]
    root.setLevel(level)
    for noisy in ("uvicorn.access", "uvicorn.error", "httpx2", "httpcore2"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _masked_values(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: masked(value) if isinstance(value, str) else value for key, value in event.items()}


class Masking(structlog.stdlib.ProcessorFormatter):
    """What is finally written, with long numbers cut: a library's error may carry what it was given, whoever logs it."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, tracebacks included."""
        return masked(super().format(record))
