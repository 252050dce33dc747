"""The instructor's term in small: a made-up class, its inbox, and the whole road from there to a report."""
