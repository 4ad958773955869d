"""Pure decisions. Law: the standard library only, no await, no clock, no I/O.

Whatever these functions need, the time above all, is handed to them; whatever they decide, somebody else does.
"""
