"""Modules on Home Assistant's path in place of packages that are not worth having."""
