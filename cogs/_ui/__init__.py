"""What people see. Law: these build layouts from the catalogue's words; they decide nothing and wait for nothing.

controls   the buttons, menus and forms themselves, and their ids
screen     a screen: text, rows and sections in one card
nudges     a nudge, in a DM or here and now, and what is said back
letters    every other message that comes by DM
start      the way to a yes, in four screens
...        one file for each other command that has a screen of its own
"""
