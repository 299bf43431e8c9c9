"""The convolutional layers, under the module name that they have always had."""
# ruff: noqa: F401
from ..engine.base_layer import InputSpec, Layer
from ..legacy.atrous import AtrousConvolution1D, AtrousConvolution2D
from ..utils.generic_utils import transpose_shape
from .conv import Conv1D, Conv2D, Conv3D, _Conv
from .conv_separable import (DepthwiseConv2D, SeparableConv1D, SeparableConv2D,
                             SeparableConvolution1D, SeparableConvolution2D)
from .conv_transpose import (Conv2DTranspose, Conv3DTranspose, Convolution2DTranspose, Deconv2D,
                             Deconv3D, Deconvolution2D, Deconvolution3D)
from .padding import (Cropping1D, Cropping2D, Cropping3D, UpSampling1D, UpSampling2D,
                      UpSampling3D, ZeroPadding1D, ZeroPadding2D, ZeroPadding3D)
from .pooling import (AveragePooling1D, AveragePooling2D, AveragePooling3D, MaxPooling1D,
                      MaxPooling2D, MaxPooling3D)

Convolution1D = Conv1D
Convolution2D = Conv2D
Convolution3D = Conv3D
AtrousConv1D = AtrousConvolution1D
AtrousConv2D = AtrousConvolution2D
