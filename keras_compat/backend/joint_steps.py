"""Two steps of a plan that a backend computes faster together than one by one."""
from .lowering import Step
from .registry import Op

JOINT = Op("joint", "core", "exact", fresh=True)
JOINT.returns_several = True


def joined(steps, backend):
    """The steps with the pairs of `backend.joint` made one, at the place of the earlier.

    Only what is there already at that place can be joined: the other inputs of the
    later step must be older than the earlier one.
    """
    if not backend.joint:
        return steps
    made = {id(v): i for i, step in enumerate(steps) for v in step.outputs}
    changed, taken = {}, set()
    for i, j, match in _candidates(steps, backend.joint):
        place = min(i, j)
        needed = (*steps[i].values(), *steps[j].values())
        if {i, j} & taken or any(made.get(id(v), -1) >= place for v in needed):
            continue
        function = match(steps[i], steps[j])
        if function is not None:
            changed[place] = _joint(function, steps[i], steps[j])
            taken |= {i, j}
    return [changed.get(i, step) for i, step in enumerate(steps)
            if i in changed or i not in taken]


def _candidates(steps, joint):
    """(place of the first op, place of the second, match) where steps share an input."""
    for (first, second), match in joint.items():
        by_input = _by_input(steps, first)
        for j, step in enumerate(steps):
            if step.op.name == second:
                shared = [i for value in step.values() for i in by_input.get(id(value), ())]
                yield from ((i, j, match) for i in dict.fromkeys(shared))


def _by_input(steps, name):
    """Positions of the steps of an op, by the id of each of their inputs."""
    positions = {}
    for i, step in enumerate(steps):
        if step.op.name == name:
            for value in step.values():
                positions.setdefault(id(value), []).append(i)
    return positions


def _joint(function, first, second):
    return Step(JOINT, function, first.inputs + second.inputs, {},
                first.outputs + second.outputs)
