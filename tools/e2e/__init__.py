"""Tests the integration in a browser: `scripts/e2e`."""
