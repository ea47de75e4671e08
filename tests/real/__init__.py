"""Against servers that others wrote: what they understand of us, and we of them. Nothing here is a fake."""
