"""One step per file, in the order in which they happen to a person. Law: no step calls another.

    enable     a moderator switches Porchlight on
    taste      somebody tries a nudge; nothing is stored
    preview    what the next weeks could look like
    opt_in     they say yes, in private
    deliver    what is due goes out: `claims` takes it in hand, `ahead` decides what it is, `carrying` brings it
    answer     one press
    asked_back what that was answered with
    check_in   how things are
    streak     weeks they showed up, if they want them counted
    adjust     change, pause, go on
    tune       what may come: about what, for whom, how often each kind; seasons
    review     what is held about them
    leave      stop, or delete
    housekeep  at night, what has been held long enough goes; and what two found not OK comes to nobody

Of `deliver` alone: `traffic` says how fast, and whether at all; `together` does in one go what is asked for at once;
`tries` lets no letter be tried after its time; `mending` sets right what a wrong clock wrote.
`standing` and `past` are what several steps read alike, `ledger` and `letters` what they write and say alike;
`foresee` lives weeks ahead, over a `course` of things, for a `persona` who answers;
`erasing` is how a member is deleted, whoever asks for it;
`farewell` knows who has just left, `doubts` which nudges come to nobody;
`courier` is the one way out; `journeys` puts all steps into one hand.
"""
