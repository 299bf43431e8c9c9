"""Cases that hypothesis makes: HYPOTHESIS_PROFILE=nightly for 5000 of each family."""
import pytest

pytest.importorskip("hypothesis", reason="the properties need hypothesis")

from hypothesis import HealthCheck, given, settings  # noqa: E402

from keras_compat.backend import selection  # noqa: E402

selection.reach_source_tree()

from keras_compat.conformance import forward, gradients, properties  # noqa: E402

INSTALLED = [name for name, state in selection.available().items() if state.installed]


def _settings(part):
    profile = properties.PROFILE
    return settings(profile, max_examples=max(profile.max_examples // part, 1),
                    suppress_health_check=list(HealthCheck))


def _holds(check, backend, family, part):
    @_settings(part)
    @given(properties.FAMILIES[family])
    def holds(case):
        (found,) = check.run(backend, [case])
        assert found.status == "pass", f"{found.id}\n{found.message}"
    holds()


@pytest.mark.parametrize("family", properties.FAMILIES)
@pytest.mark.parametrize("name", INSTALLED)
def test_values_shapes_and_dtypes(name, family):
    """All examples on the first backend, a few on the others: the rules are shared."""
    _holds(forward, selection.get(name), family, 1 if name == INSTALLED[0] else 5)


@pytest.mark.parametrize("family", ["broadcasting", "reductions", "convolutions", "pooling",
                                    "axes", "joining", "products"])
def test_gradients(family):
    """The examples that can be differentiated."""
    backend = selection.get(INSTALLED[0])

    @_settings(5)
    @given(properties.FAMILIES[family].filter(gradients.wanted))
    def holds(case):
        (found,) = gradients.run(backend, [case])
        assert found.status == "pass", f"{found.id}\n{found.message}"
    holds()
