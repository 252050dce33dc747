"""A stand-in for the package that every Colab kernel has loaded: what notebooks and widgets ask of it."""
