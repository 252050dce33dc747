"""Homework 4, backward: slopes, softmax, a layer, a network, a numerical check, a scalar autograd of one's own."""

from autograder.exercises.hw4.differences import numerical_gradient
from autograder.exercises.hw4.layers import linear_backward, softmax_backward
from autograder.exercises.hw4.network import mlp_backward
from autograder.exercises.hw4.scalar_graph import value
from autograder.exercises.hw4.slopes import gelu_grad, relu_grad, sigmoid_grad

EXERCISES = (
    sigmoid_grad,
    relu_grad,
    gelu_grad,
    softmax_backward,
    linear_backward,
    mlp_backward,
    numerical_gradient,
    value,
)
