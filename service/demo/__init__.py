"""What does an incident feel like? A whole one in a minute, with real programs and played people."""
