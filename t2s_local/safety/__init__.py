"""Make untrusted text safe to show, to send to a model or to write into files."""
