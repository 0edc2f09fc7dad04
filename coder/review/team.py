"""Who may do what, and whose password is whose."""

from dataclasses import dataclass
from functools import cache

from coder.errors import CoderError
from coder.study.store import Study

LEAD, SETTLERS = "lead", ("adjudicator", "lead")
SHORTEST = 10
"""Characters of a password, at least."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: their name, the session they ask from, the language they read, and what they may do.

    `settles`: has the last word where coders differ; `leads`: changes the codebook beyond adding to it.
    """

    who: str
    session: str
    language: str
    settles: bool = False
    leads: bool = False


class Team:
    """The people of a study. With `alone` there is one person, who may do everything."""

    def __init__(self, study: Study, *, alone: bool) -> None:
        self.study, self.alone = study, alone

    def visitor(self, who: str, session: str, language: str) -> Visitor:
        """Somebody who signed in, with what they may do now."""
        return Visitor(who, session, language, self.may_settle(who), self.may_lead(who))

    def may_settle(self, who: str) -> bool:
        """Whether somebody has the last word where coders differ."""
        return self.alone or self._role(who) in SETTLERS

    def may_lead(self, who: str) -> bool:
        """Whether somebody may change the codebook beyond adding to it."""
        return self.alone or self._role(who) == LEAD

    def knows(self, who: str, password: str) -> bool:
        """Whether this is somebody's password. An unknown name takes as long as a known one."""
        known = self.study.password_hash(who)
        return verified(known or _nobodys(), password) and known is not None

    def _role(self, who: str) -> str:
        people = self.study.people()
        return str(people.set_index("name")["role"].get(who, ""))


def hashed(password: str) -> str:
    """The hash of a password (argon2id). Raises `CoderError` for one that is too short."""
    if len(password) < SHORTEST:
        raise CoderError(f"A password has {SHORTEST} characters or more; this one has {len(password)}.")
    return _hash(password)


def verified(known: str, password: str) -> bool:
    """Whether a hash is of this password."""
    from argon2 import PasswordHasher  # noqa: PLC0415
    from argon2.exceptions import InvalidHashError, VerificationError  # noqa: PLC0415

    try:
        return PasswordHasher().verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _hash("the password of nobody")


def _hash(password: str) -> str:
    from argon2 import PasswordHasher  # noqa: PLC0415

    return PasswordHasher().hash(password)
