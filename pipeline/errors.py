"""The two ways in which input can be unusable."""


class UsageError(Exception):
    """Arguments, parameters or input that make a run impossible (exit status 2).

    The message is one line that names the thing, the reason and what to do.
    """


class Rejected(Exception):  # noqa: N818 - a verdict on a document, not a fault of the program
    """A document that cannot be read; the run goes on without it.

    Parameters
    ----------
    reason
        A short code for the kind of fault, such as ``not_a_document``.
    detail
        One line that says what was found and what to do about it.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail

    def __reduce__(self) -> tuple[type["Rejected"], tuple[str, str]]:
        """Rebuild from both parts, so that the error survives the way from a worker process."""
        return type(self), (self.reason, self.detail)
