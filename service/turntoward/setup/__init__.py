"""Sets a household up: asks what has to be known, tries everything at once, and writes household.yaml at the very end.

`interview` holds the order of the questions, each step has a file of its own; what a home offers to choose from is
worked out without asking anybody (`candidates`, `suggestions`). Until `saving` nothing on the disk is changed, and no
secret is ever shown or written anywhere but into secrets.yaml.
"""

from turntoward.setup.asking import AnswerRefused, Asker, Stopped

__all__ = ["AnswerRefused", "Asker", "Stopped"]
