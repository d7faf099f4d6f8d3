"""What installations and other systems tell each other, as words and bytes; nothing is sent."""
