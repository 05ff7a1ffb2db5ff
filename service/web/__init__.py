"""Where do people and monitors come in by HTTP?"""
