"""Logging: structured lines on stderr, for people or as JSON for the journal. Personal data never goes there."""

from __future__ import annotations

import logging
import sys

import structlog

from appliance.recent_log import RecentLines


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
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last: list[structlog.typing.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if json_lines:
        last.append(structlog.processors.format_exc_info)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=[*last, renderer]))
    root = logging.getLogger()
    root.handlers[:] = [handler, RecentLines()]
    root.setLevel(level)
    for noisy in ("uvicorn.access", "uvicorn.error", "httpx2", "httpcore2"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
