"""Text, token by token: what is read to tell the next one, how one is chosen, when it is enough."""
