"""The trail: canonical bytes, the tree over them, signed checkpoints and what replays them."""
