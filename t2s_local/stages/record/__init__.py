"""The record of a program that ran: which skills it had, and how it ended."""
