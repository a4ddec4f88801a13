"""All skills in a library, whoever wrote them, with files, versions and state."""
