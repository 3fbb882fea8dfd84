"""The one kind of error whose text is meant for the person at the keyboard."""


class UserError(Exception):
    """Something a person can put right; `str()` is one line that names the thing and the remedy."""


class Conflict(UserError):  # noqa: N818 (a word of HTTP)
    """The same request id was used before for another request."""
