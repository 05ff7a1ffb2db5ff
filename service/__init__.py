"""Where do monitors and people come in, and what keeps everything running? The doors and the engine room."""
