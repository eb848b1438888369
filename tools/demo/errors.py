"""What ends the demo early."""


class DemoError(Exception):
    """Something went wrong; the text is for people."""
