"""The reformer's review (rà soát): what was measured, what it costs, what is proposed."""
