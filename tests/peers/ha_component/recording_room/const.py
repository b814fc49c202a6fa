"""Names the parts of this integration share."""

DOMAIN = "recording_room"
CALLS = "calls.jsonl"
STAGING = "staging.json"
