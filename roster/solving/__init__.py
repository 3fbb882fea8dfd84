"""The solving core of the roster: a general problem, and what finds good or proved answers to it."""
