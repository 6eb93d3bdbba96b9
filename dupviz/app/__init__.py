"""The review gallery as a page of its own, from a server on this machine: ``dupviz review``."""
