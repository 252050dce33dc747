"""The grading engine: run a notebook whatever it does, ask it for responses, judge these outside of it."""
