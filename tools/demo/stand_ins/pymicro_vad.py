"""Stands in for a package of Home Assistant's voice control, which nobody uses here.

The frontend shows nothing unless it can be imported, and installing the real one takes
a C++ compiler.
"""


class MicroVad:
    """Would tell speech from silence."""
