"""The Agent Skills format on disk: parsing, linting, evidence, folders and libraries."""
