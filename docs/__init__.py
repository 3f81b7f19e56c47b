"""The project's documents, and the programs that draw their pictures."""
