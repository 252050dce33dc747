"""Homework 5, training loops: mini-batches, a data set, three optimisers, an epoch of training, an evaluation."""

from autograder.exercises.hw5.adam import adam_step
from autograder.exercises.hw5.batches import minibatches
from autograder.exercises.hw5.dataset import PairDataset
from autograder.exercises.hw5.descent import sgd_momentum_step, sgd_step
from autograder.exercises.hw5.epoch import train_one_epoch
from autograder.exercises.hw5.evaluation import evaluate

EXERCISES = (minibatches, PairDataset, sgd_step, sgd_momentum_step, adam_step, train_one_epoch, evaluate)
