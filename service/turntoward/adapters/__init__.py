"""The outside world, each side in a module of its own: it translates and connects, and never decides.

An adapter imports the core, ports, settings and one client library. No rule about couples may be here.
"""
