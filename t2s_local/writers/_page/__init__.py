"""Parts of a skill's page: rules, sections, examples, evidence."""
