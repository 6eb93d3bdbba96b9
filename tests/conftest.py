from hypothesis import HealthCheck, settings

# Fixtures only choose between code paths; what they set is the same for all examples of a test.
settings.register_profile("dupviz", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("dupviz")
