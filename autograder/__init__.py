"""First Descent, the instructor's side: exercises with their references, grading, feedback and reports."""
