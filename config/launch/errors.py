"""The two ways a start ends early."""


class CannotStart(Exception):
    """The start failed. The text is one sentence that says what the person can do."""


class StopRequested(Exception):
    """Ctrl-C or SIGTERM arrived; raised only between two steps, so nothing is left half started."""
