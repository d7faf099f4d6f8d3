"""Long runs: races, killed servers, random lives. `make soak` runs them whole, CI a little."""
