"""From a downloads folder to `submitted/`: whose work a file is, which assignment, what is wrong with its form."""
