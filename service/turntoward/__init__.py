"""Turntoward: notices the moments a couple shares and offers a ritual that fits."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("turntoward")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0.0.0"
