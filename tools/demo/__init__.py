"""A Home Assistant to try the integration in: `scripts/demo`."""
