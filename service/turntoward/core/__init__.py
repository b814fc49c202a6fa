"""The pure core: decides what to do from what happened, and is told the time.

Nothing in this package may do I/O, ask for the time, draw at random, start a thread or import a client library.
"""
