"""The review desk: where triage ends, with a person's decision."""
