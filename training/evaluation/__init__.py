"""How good a trained network is, how sure, and when it had better abstain."""
