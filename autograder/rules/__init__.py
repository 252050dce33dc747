"""What the course has agreed on: the course file, the roster, and the rules that turn points into grades."""
