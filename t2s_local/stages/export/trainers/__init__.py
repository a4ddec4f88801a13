"""Turn recorded runs into rows for trainers of language models; nothing is trained here."""
