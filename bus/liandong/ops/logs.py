"""Logging: structlog on standard error, JSON for services, plain words for people."""

import logging
import os
import sys

import structlog


def log_to_stderr(*, service: bool = False) -> None:
    """Configure logging.

    Args:
        service: Log JSON from ``info`` up; else words from ``error`` up. ``LIANDONG_LOG`` names
            another level.
    """
    name = os.environ.get("LIANDONG_LOG", "info" if service else "error")
    level = logging.getLevelNamesMapping().get(name.upper(), logging.ERROR)
    renderer = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if service and not sys.stderr.isatty()
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
