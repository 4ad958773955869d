"""One family of errors; each says what to do.

`ForMember` errors are answered in private, in the member's own language: `wording` names the sentence in the catalogue.
`ForOperator` errors end the process with `exit_code` and one line, never a traceback: the sentence they are raised
with, or else their docstring.
"""

from __future__ import annotations

from typing import ClassVar


class PorchlightError(Exception):
    """Something went wrong that Porchlight knows how to say."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class ForMember(PorchlightError):
    """A member or moderator asked for something that cannot be done now."""

    wording: ClassVar[str]
    is_ours: ClassVar[bool] = False
    """Whether it is no doing of theirs, so that whoever runs the bot has to hear of it as well."""


class NotEnabledHere(ForMember):
    """Porchlight is not switched on in this server. A moderator can do that with /setup."""

    wording = "error.not_enabled_here"


class NotStarted(ForMember):
    """Nothing is set up yet. /nudge start asks for it."""

    wording = "error.not_started"


class NudgesOff(ForMember):
    """Nudges by DM are off, as the member chose. /nudge start lets them come again."""

    wording = "error.nudges_off"


class NotCounted(ForMember):
    """Nothing is counted yet. /streak on begins a private count."""

    wording = "error.not_counted"


class NoLongerHeld(ForMember):
    """Nothing is held about this message for this member (any more). There is nothing to do."""

    wording = "error.no_longer_held"


class JustLeft(ForMember):
    """Pressed before everything was deleted, or meanwhile: it begins nothing anew."""

    wording = "error.just_left"


class NothingFits(ForMember):
    """Every nudge that fits has been had. Each can come again after eight weeks."""

    wording = "error.nothing_fits"


class UnknownZone(ForMember):
    """That time zone is not known. Pick one from the list."""

    wording = "error.unknown_zone"


class ModeratorsOnly(ForMember):
    """This needs the Manage Server permission."""

    wording = "error.moderators_only"


class CannotPost(ForMember):
    """Porchlight may not post in that channel. Give it View Channel and Send Messages there, then try again."""

    wording = "error.cannot_post"


class Outdated(ForMember):
    """This message is from an older version. Open it again with its command."""

    wording = "error.outdated"


class Unsealable(ForMember):
    """A sealed value does not open: it was changed, or moved, or its key is another one, or gone."""

    wording = "error.unsealable"
    is_ours = True


class CannotSetAside(Unsealable):
    """A member's key is gone, so what they say was not for them cannot be kept. Nothing was changed."""

    wording = "error.cannot_set_aside"


class ForOperator(PorchlightError):
    """Porchlight cannot run like this."""

    exit_code: ClassVar[int]


class SettingsUnreadable(ForOperator):
    """The settings file cannot be read."""

    exit_code = 66


class SettingsWrong(ForOperator):
    """A setting is missing, unknown or has a value that cannot be used."""

    exit_code = 78


class TokenRefused(ForOperator):
    """Discord refused the token. Copy it anew from the Developer Portal into discord.token."""

    exit_code = 77


class GatewayRefused(ForOperator):
    """Discord refuses the connection."""

    exit_code = 71


class DatabaseUnusable(ForOperator):
    """The database cannot be used."""

    exit_code = 74


class MasterKeyUnusable(ForOperator):
    """There is no master key that can be used."""

    exit_code = 79


class MasterKeyWrong(ForOperator):
    """The master key is not the one that this database was sealed with. Put that one back; nothing was changed."""

    exit_code = 80


class AlreadyRunning(ForOperator):
    """Somebody else is at work in the database. Stop that one first."""

    exit_code = 75


class Superseded(ForOperator):
    """Another Porchlight has taken the database over, so this one stops. Let only one of them run."""

    exit_code = 76


class DiscordUnreachable(ForOperator):
    """Discord cannot be reached."""

    exit_code = 69


class NoFreePort(ForOperator):
    """The page finds no port to be served at."""

    exit_code = 73


class CannotWrite(ForOperator):
    """A file that was asked for cannot be written."""

    exit_code = 67


class MissingPart(ForOperator):
    """A part that this command needs is not installed."""

    exit_code = 72


class TextsToChange(ForOperator):
    """Something in the texts is to change; what, and why, was printed."""

    exit_code = 65


class TextsUnreadable(ForOperator):
    """A file of texts cannot be read."""

    exit_code = 68


class PromiseBroken(ForOperator):
    """A simulated run broke a promise of Porchlight's."""

    exit_code = 70
