"""The review gallery: what it shows, what each message does, and the page that shows it."""
