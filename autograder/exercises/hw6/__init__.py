"""Homework 6, digits: dropout, batch norm, a small network, its size, and a fit to a stated accuracy."""

from autograder.exercises.hw6.columns import batchnorm
from autograder.exercises.hw6.counting import count_params
from autograder.exercises.hw6.fitting import fit
from autograder.exercises.hw6.masks import dropout
from autograder.exercises.hw6.network import MLP

EXERCISES = (dropout, batchnorm, MLP, count_params, fit)
