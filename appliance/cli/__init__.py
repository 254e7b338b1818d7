"""The command line, `station`: each file is a thin door to one room."""
