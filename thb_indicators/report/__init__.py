"""Ways of showing assessments to people and other tools: one view, and from it a page, a terminal, SARIF and CSV."""
