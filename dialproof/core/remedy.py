"""What may decide what nobody could decide, so that advice need not be read out of a reason in prose."""

from enum import Enum


class Remedy(Enum):
    """What may decide what is unknown, for whoever gives advice; where several things are needed, the first comes first."""

    REPORTING = "a report of the bug"
    """A bug of ours has ended the work."""

    ANEW = "the same again"
    """Somebody has interrupted the work."""

    TIME = "more time"
    """A limit of time ended somebody's work."""

    ENGINES = "other engines"
    """Everybody who was asked has given up, and not all of them were."""

    EACH_CAUSE = "one cause at a time"
    """What is asked is decided differently, or not at all, under several causes."""

    NONE = "nothing that is known"
    """More of the same changes nothing."""
