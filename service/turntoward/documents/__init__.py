"""YAML files people write, and problems in them that people can act on.

Everything here is about files and words. What a file means belongs to `turntoward.settings` and `turntoward.rulebook`.
"""

from turntoward.documents.problems import Problem, Problems, nearest
from turntoward.documents.reading import read
from turntoward.documents.translation import problems_of, validated
from turntoward.documents.tree import Document, Keys

__all__ = ["Document", "Keys", "Problem", "Problems", "nearest", "problems_of", "read", "validated"]
