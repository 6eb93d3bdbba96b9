"""What people see, below all steps: words, cards, HTML, charts."""
