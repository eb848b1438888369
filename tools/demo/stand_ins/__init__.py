"""Modules that replace packages the demo's Home Assistant can do without."""
