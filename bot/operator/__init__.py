"""What an operator does now and then: keys, backups, and erasing somebody who asked for it by mail.

`work` is what is done, one call each; `commands` is how it reads on the command line.
"""
