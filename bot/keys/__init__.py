"""Keys: what a member picked is sealed, and this says with what.

    a member's key     seals what that member picked, each value to its own place (`sealing`)
    the master keys    wrap the members' keys, and nothing else (`master`); where they come from: `sources`

The wrapped keys lie in a database of their own (`bot.store.keyring`), away from what they open. A member who deletes
everything takes their key along, and with it whatever was sealed with it, in every copy there is.

Law: a secret is never printed, logged or put into an error; nothing here knows SQL or a clock.
"""

from bot.keys.master import MasterKeys, Wrapped
from bot.keys.sealing import MemberKey, Place

__all__ = ["MasterKeys", "MemberKey", "Place", "Wrapped"]
