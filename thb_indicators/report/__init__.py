"""Ways of showing assessments to people and other tools: a terminal view, one HTML file, CSV rows."""
