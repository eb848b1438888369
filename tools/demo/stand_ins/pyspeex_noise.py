"""Replaces a package of Home Assistant's voice control: see pymicro_vad."""


class AudioProcessor:
    """Removes noise in the real package."""
