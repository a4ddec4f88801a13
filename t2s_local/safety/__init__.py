"""Make untrusted text fit to be shown, sent to a model or written."""
