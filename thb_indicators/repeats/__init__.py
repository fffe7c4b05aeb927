"""Repeated ads: contacts and text fingerprints, what they tie together, and what is published about such ties."""
