"""What the pages for people have in common: their look, and how texts and numbers stand on them."""
