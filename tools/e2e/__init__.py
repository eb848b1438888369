"""A person with a browser in front of the demo's Home Assistant: `scripts/e2e`."""
