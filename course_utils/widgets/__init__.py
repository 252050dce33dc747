"""The live figures and questions of the lectures.

Each one is a picture drawn by a plain function, a few controls and a description in words. Where no
browser is listening (GitHub, print, nbconvert, a terminal) a still picture and the words stand there.
"""

from __future__ import annotations

from course_utils.widgets.backprop import backprop_stepper
from course_utils.widgets.boundary import boundary_film
from course_utils.widgets.bumps import bump_builder
from course_utils.widgets.clinic import clinic_gauges, gauge_explorer
from course_utils.widgets.confusion import confusion_explorer
from course_utils.widgets.contour import contour_stepper
from course_utils.widgets.depth import depth_explorer
from course_utils.widgets.differences import difference_explorer
from course_utils.widgets.digit_pad import DigitPad, digit_pad
from course_utils.widgets.entropy import cross_entropy_gap
from course_utils.widgets.hidden_pca import hidden_pca
from course_utils.widgets.kernel_editor import kernel_editor
from course_utils.widgets.learning_rate import learning_rate_explorer
from course_utils.widgets.live import LiveFigure
from course_utils.widgets.minibatch import minibatch_explorer
from course_utils.widgets.mistakes import mistake_gallery
from course_utils.widgets.mode_switch import mode_switch
from course_utils.widgets.neuron import neuron_heatmap
from course_utils.widgets.outlier import outlier_explorer
from course_utils.widgets.playground import playground
from course_utils.widgets.prediction import Prediction, predict
from course_utils.widgets.probabilities import probability_bars
from course_utils.widgets.race import optimiser_race
from course_utils.widgets.rule import rule_explorer
from course_utils.widgets.selfcheck import Question, SelfCheck, self_check
from course_utils.widgets.shapes import shape_explorer
from course_utils.widgets.squares import line_and_squares
from course_utils.widgets.zero_grad import zero_grad_explorer

__all__ = [
    "DigitPad",
    "LiveFigure",
    "Prediction",
    "Question",
    "SelfCheck",
    "backprop_stepper",
    "boundary_film",
    "bump_builder",
    "clinic_gauges",
    "confusion_explorer",
    "contour_stepper",
    "cross_entropy_gap",
    "depth_explorer",
    "difference_explorer",
    "digit_pad",
    "gauge_explorer",
    "hidden_pca",
    "kernel_editor",
    "learning_rate_explorer",
    "line_and_squares",
    "minibatch_explorer",
    "mistake_gallery",
    "mode_switch",
    "neuron_heatmap",
    "optimiser_race",
    "outlier_explorer",
    "playground",
    "predict",
    "probability_bars",
    "rule_explorer",
    "self_check",
    "shape_explorer",
    "zero_grad_explorer",
]
