"""`python -m turntoward` is the command `turntoward`."""

from turntoward.cli import main

main()
