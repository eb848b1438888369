"""Tests of the client alone, without Home Assistant."""
