"""One check in each file, found by its name; `ORDER` says when its turn is. None of them asks anybody anything."""
