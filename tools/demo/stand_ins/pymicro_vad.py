"""Replaces a package of Home Assistant's voice control, which the demo does not use.

The frontend needs to import it, and the real one needs a C++ compiler.
"""


class MicroVad:
    """Detects speech in the real package."""
