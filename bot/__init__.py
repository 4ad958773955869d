"""Porchlight: a small, private nudge now and then, for people who step back when things feel close.

The way of one nudge through this house:

    1. A moderator presses /setup: `cogs.setup` -> `journey.enable`. A card stands in their channel.
    2. A member picks, screen by screen; the draft travels in the buttons, nothing is stored: `cogs.start`.
    3. Start: `journey.opt_in` writes the yes (`rules.consent`) and the plan (`rules.schedule`) into `store`.
    4. `ticker` wakes `journey.deliver` when the plan is due. `journey.ahead` decides what comes (`rules.pace` says what
       may, `rules.choose` draws one of that), and `journey.claims` makes it ours in the store.
    5. `journey.carrying` hands the letter to the `Courier` (a protocol; `cogs.courier` on Discord), which says what
       became of it.
    6. `rules.delivery` makes a fate of that, and the store settles it. A crash anywhere in between loses nothing.
    7. One press: `cogs.answer` -> `journey.answer` -> `rules.replies` (what it changes) -> store, and a line from
       `content` is said back.
    8. `journey.review` shows everything that is held; `journey.leave` deletes it, or at last `journey.housekeep`.

What a member answers or picks is sealed on its way into the store, with a key of theirs from `keys`.

`__main__` is the front door and `app` puts the parts together; `client`, `listening` and `seams` touch
discord.py; `tryout` is the page without a token; `simulate` lets months pass in a world that goes wrong, and judges
them; `operator` is what whoever runs it does now and then; `papers` writes the privacy policy and the terms;
`settings`, `clock`, `logs` and `errors` are what they say.
Who may import whom stands in pyproject.toml as contracts, and in docs/architecture.md as a picture.
"""

__version__ = "0.1.0"
