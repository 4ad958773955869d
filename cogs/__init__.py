"""Everything that speaks Discord: one file per command group, `_ui/` for what people see, `courier` for letters.

Law: a cog turns an interaction into a call of the journey and its result into words from the catalogue. It knows no
SQL, no schedule and no other cog. `doors` lets every press, choice and form in, and answers when something goes wrong.
"""
