"""What the front door is compared with: a plain view, and itself storing nothing."""
