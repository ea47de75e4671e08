"""Programs with mistakes: a type checker finds fault with each line that is marked `# wrong`, and with no other."""
