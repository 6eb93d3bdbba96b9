"""What people decide about pairs and groups, remembered between sessions."""
