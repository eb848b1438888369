"""What ends the demo early."""


class DemoError(Exception):
    """Something did not go as it has to; the text is for people."""
