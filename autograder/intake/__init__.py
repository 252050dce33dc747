"""From a downloads folder to `submitted/`: whose work each file is, which assignment, and what is wrong with its form."""
