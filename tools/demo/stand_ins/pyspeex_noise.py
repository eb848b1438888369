"""Stands in for a package of Home Assistant's voice control: see pymicro_vad."""


class AudioProcessor:
    """Would take the noise out of what somebody says."""
