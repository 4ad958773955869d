"""Everything that is said, as data, one folder per language. Law: no sentence that a person reads stands in code.

`library.load_library` reads all of it once, checks it, and hands back one frozen object.
"""
