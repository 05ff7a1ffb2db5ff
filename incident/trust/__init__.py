"""How does a source prove that a request comes from it? Pure: the time and the secrets are arguments."""
