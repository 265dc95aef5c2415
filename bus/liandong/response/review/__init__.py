"""Reviews: how an incident went, from the log alone."""

from liandong.response.review.heard import Heard, Matter
from liandong.response.review.model import (
    STAGES,
    ClockRun,
    Delay,
    Errand,
    Figures,
    Kind,
    Line,
    Missed,
    Party,
    Rejection,
    Review,
    Stage,
)
from liandong.response.review.reviewing import review
from liandong.response.review.timeline import Words

__all__ = [
    "STAGES",
    "ClockRun",
    "Delay",
    "Errand",
    "Figures",
    "Heard",
    "Kind",
    "Line",
    "Matter",
    "Missed",
    "Party",
    "Rejection",
    "Review",
    "Stage",
    "Words",
    "review",
]
