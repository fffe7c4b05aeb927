"""A generator of labeled synthetic ads: scenario first, then wording."""
