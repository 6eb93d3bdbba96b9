"""Results for people and other programs: terminal, report, JSON."""
