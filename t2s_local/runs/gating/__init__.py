"""Run the gates that test skills: read held-out recordings, measure, and note the results in libraries."""
