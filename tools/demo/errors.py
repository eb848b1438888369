"""The error that ends the demo."""


class DemoError(Exception):
    """Something went wrong; the text is for the user."""
