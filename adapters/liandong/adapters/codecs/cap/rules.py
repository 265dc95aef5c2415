"""What CAP asks for and its schema cannot say (CAP 1.2 §3.2.1): the same in both directions."""

from liandong.adapters.codecs.cap.document import Alert, MsgType, Scope
from liandong.contracts.errors import DocumentError

STANDARD = "CAP 1.2"


def check(alert: Alert) -> None:
    """Check that the alert says what it is about and for whom it is.

    Raises:
        DocumentError: It does not, and a guess could hurt.
    """
    needs = (
        ("references", alert.msg_type != MsgType.ALERT, f"what the {alert.msg_type} refers to"),
        ("restriction", alert.scope == Scope.RESTRICTED, "the rule of a Restricted alert"),
        ("addresses", alert.scope == Scope.PRIVATE, "the addressees of a Private alert"),
    )
    for name, needed, expected in needs:
        if needed and not getattr(alert, name):
            raise DocumentError(STANDARD, expected, where=f"/alert/{name}", found="nothing")
