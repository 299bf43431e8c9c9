"""The layer cases that the recording on Theano had to leave out, as a table.

Each is (name, class, constructor's arguments, shapes of the inputs with the batch, how it
is called). Runs on Python 3.7, as its only reader does.
"""

FIRST = {"data_format": "channels_first"}
IMAGE, IMAGE_FIRST = (2, 7, 9, 3), (2, 3, 7, 9)
LINE, LINE_FIRST = (2, 9, 3), (2, 3, 9)
MAPS, MAPS_FIRST = (2, 4, 5, 3), (2, 3, 4, 5)
CUBE, CUBE_FIRST = (1, 2, 3, 2, 2), (1, 2, 2, 3, 2)


def cases():
    """All cases; names are unique."""
    found = (convolutions() + transposed() + separable() + pooling() + merging()
             + normalization() + loops())
    assert len({case[0] for case in found}) == len(found)
    return found


def case(name, class_name, kwargs, *shapes, **call):
    """One row. call: `training`, or nothing."""
    return (name, class_name, kwargs, shapes, call)


def both_formats(name, class_name, kwargs, shape, shape_first):
    """The case, and its twin `<layer>_cf_<rest>` with channels first."""
    layer, _, rest = name.partition("_")
    return [case(name, class_name, kwargs, shape),
            case("_".join((layer, "cf", rest)), class_name, dict(kwargs, **FIRST), shape_first)]


def same(size, strides=1, **more):
    """Arguments of four filters with 'same' padding."""
    return dict(more, filters=4, kernel_size=size, strides=strides, padding="same")


def convolutions():
    """Convolutions whose padding cannot be split evenly."""
    found = []
    for name, kwargs in (("k2_same", same(2)), ("k4_same_s3", same(4, 3))):
        found += both_formats("conv1d_" + name, "Conv1D", kwargs, LINE, LINE_FIRST)
    for name, kwargs in (("k2_same", same(2)), ("k2_same_s2", same(2, 2)),
                         ("k5_same_s3", same(5, 3))):
        found += both_formats("conv2d_" + name, "Conv2D", kwargs, IMAGE, IMAGE_FIRST)
    return found + [
        case("conv1d_same_s2_even", "Conv1D", same(3, 2), (2, 8, 3)),
        case("conv2d_same_s2_even", "Conv2D", same(3, 2), (2, 6, 8, 3)),
        case("conv2d_k2x3_same_d2x1", "Conv2D", same((2, 3), dilation_rate=(2, 1)), IMAGE),
        case("conv3d_k2_same", "Conv3D", same(2), (1, 3, 4, 3, 2)),
        case("conv3d_same_s2_even", "Conv3D", same(3, 2), (1, 4, 4, 2, 2))]


def transposed():
    """Transposed convolutions with an even number of rows to cut off."""
    found = []
    for name, size, strides, padding in (("k2_same", 2, 1, None), ("k3_same_s2", 3, 2, None),
                                         ("k3_op1_same_s2", 3, 2, 1)):
        kwargs = same(size, strides, output_padding=padding)
        found += both_formats("conv2dt_" + name, "Conv2DTranspose", kwargs, MAPS, MAPS_FIRST)
        if size == 3:
            found += both_formats("conv3dt_" + name, "Conv3DTranspose", dict(kwargs, filters=2),
                                  CUBE, CUBE_FIRST)
    return found


def separable():
    """Depthwise and separable convolutions with even windows."""
    return (both_formats("depthwise2d_k2_same", "DepthwiseConv2D",
                         {"kernel_size": 2, "padding": "same"}, IMAGE, IMAGE_FIRST)
            + both_formats("separable2d_k2_same", "SeparableConv2D", same(2), IMAGE, IMAGE_FIRST)
            + [case("separable1d_k2_same", "SeparableConv1D", same(2), LINE)])


def pooling():
    """Pooling over windows that reach past the end alone, and bilinear upsampling."""
    found = []
    for short, kind in (("maxpool", "MaxPooling"), ("avgpool", "AveragePooling")):
        for size in (2, 3):
            kwargs = {"pool_size": size, "padding": "same"}
            name = "_same_p%d" % size
            found += both_formats(short + "1d" + name, kind + "1D", kwargs,
                                  (2, 10, 3), (2, 3, 10))
            found += both_formats(short + "2d" + name, kind + "2D", kwargs,
                                  (2, 7, 8, 3), (2, 3, 7, 8))
        found.append(case(short + "2d_even_same", kind + "2D",
                          {"pool_size": 2, "strides": 1, "padding": "same"}, (2, 6, 6, 2)))
        found.append(case(short + "3d_same_p2", kind + "3D",
                          {"pool_size": 2, "padding": "same"}, (1, 3, 4, 3, 2)))
    kwargs = {"size": (2, 3), "interpolation": "bilinear"}
    return found + both_formats("upsampling2d_bilinear", "UpSampling2D", kwargs, MAPS, MAPS_FIRST)


def merging():
    """Merging with an axis of length 1."""
    return [case(kind.lower() + "_broadcast_axis", kind, {}, (3, 4, 2), (3, 1, 2))
            for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")]


def normalization():
    """Training of batch normalization without gamma and beta."""
    neither = {"center": False, "scale": False}
    return [case("bn_train_neither", "BatchNormalization", neither, (6, 4), training=True),
            case("bn_train_neither_axis1", "BatchNormalization", dict(neither, axis=1), (3, 4, 5),
                 training=True)]


def loops():
    """Convolutions inside a loop over time."""
    return [case("convlstm_k2_same", "ConvLSTM2D", dict(same(2), filters=2), (2, 3, 4, 5, 2)),
            case("convlstm_k4_same_s2", "ConvLSTM2D", dict(same(4, 2), filters=2),
                 (2, 3, 4, 5, 2))]
