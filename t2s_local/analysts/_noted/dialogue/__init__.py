"""How runs end and what was said in them: answers, repeated actions, words for nobody, wishes of users."""
