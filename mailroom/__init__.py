"""The core: the words of the house and its rules. Standard library only, no I/O."""
