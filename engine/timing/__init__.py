"""What a reformer asks: what happened, when, and where the time went."""
