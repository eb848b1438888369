"""What ends a run."""


class Wrong(Exception):
    """Something on the screen, or behind it, is not as it has to be."""
