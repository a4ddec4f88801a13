"""The Agent Skills format as it lies on a disk: parsing, linting, evidence, folders."""
