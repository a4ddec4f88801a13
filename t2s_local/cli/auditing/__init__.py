"""Print an audit: of a workflow, of a skill, and of a folder of skills."""
