"""Less usual forms in which K's functions were called: lists where one tensor is meant, and more.

Expected values are written out or computed with NumPy; that these are the forms of
Keras 2.3.1 was seen by running it on TensorFlow 1.15.
"""
import numpy as np

import keras_compat.backend as K


def test_in_train_phase_chooses_between_lists(backend):
    x = K.placeholder((3,))
    results = K.in_train_phase(lambda: [x * 2, K.sum(x)], lambda: [x, K.max(x)])
    assert isinstance(results, list) and [K.int_shape(t) for t in results] == [(3,), ()]
    run = K.function([x, K.learning_phase()], results)
    for phase, wanted in ((1, ([2, 4, 10], 8)), (0, ([1, 2, 5], 5))):
        for got, expected in zip(run([np.array([1., 2., 5.]), phase]), wanted, strict=True):
            np.testing.assert_array_equal(got, expected)


def test_a_list_of_one_is_that_one(backend):
    x, training = K.placeholder((3,)), K.placeholder((), dtype="bool")
    for result in (K.switch(training, lambda: [[x * 2]], lambda: (x,)),
                   K.in_train_phase([x * 2], [x], training),
                   K.in_test_phase([x], [x * 2])):
        assert K.is_tensor(result) and K.int_shape(result) == (3,)
    run = K.function([x, training], [K.in_train_phase([x * 2], [x], training)])
    assert [run([np.ones(3), flag])[0].tolist() for flag in (True, False)] == [[2] * 3, [1] * 3]
