"""What each lecture must print when it runs: the numbers and facts that its prose leans on.

A line is either a text, or a text and how often it must stand there.
"""

FACTS: dict[str, tuple[str | tuple[str, int], ...]] = {
    # shows what features and samples hide
    "01_what_learns": (
        "The answer: About half, as by tossing a coin",
        "The answer: Nearly none. 0.0% are right",
        "from the same places: 100.0%",
        "from_numpy: [7.0, 0.0, 0.0]   torch.tensor: [0.0, 0.0, 0.0]",
        "3 day(s) late: assignment 70%, lab 50%",
        "7 day(s) late: assignment 30%, lab 0%",
        "but found Double and Float",
    ),
    # finds the line the course quotes
    "02_a_line_through_scores": (
        "w* = 1.312   b* = 0.648",
        "The answer: 18.6 points²",
        "0 of them are better",
        "The answer: The line of least squares. At quiz 16 the line of least squares moves by 9.5 points, "
        "the other one by 0.0",
        "f(0) = 0.648, but A·0 = 0",
    ),
    # computes the limits and lands in one step
    "03_downhill": (
        "the MSE's limit:  2 / steepest = 0.00655",
        "the SSE's limit:  2 / steepest = 0.000504",
        "the same on the SSE, η = 0.0005: after 1000 steps the SSE is 241.8",
        "The answer: 1 step(s)",
        "translated:   w = 1.312, b = 0.648",
        "x³: derivative at 0 is 0.0, and 0 is neither",
        "true derivative   -768.60    -Δ·x =   -768.60",
    ),
    # computes what the silent mistakes cost
    "04_the_pytorch_loop": (
        "The answer: Twice the number",
        "The answer: (13, 13)",
        "mean of all 169 squares: 141.9",
        "column minus column: 18.6",
        "mean of the batch means: 16.89",
        "weighted by their rows:  18.60",
        "in any epoch's loss: 0.0000",
        "the weight moved by 0.0 in 100 steps",
    ),
    # collapses linear layers bends the border and builds a wave
    "05_neurons_and_layers": (
        "collapsed: W (1, 2) and b (1,), 3 parameters",
        "largest difference, without activation: 0.00000",
        "The answer: A straight line",
        "The answer: They stay the same",
        "The answer: 7,850 parameters",
        "z + Φ(z) =  0.500",
        "z + Φ(z) = -2.999",
        "80 bumps: largest error, wave 0.0009",
        "1000 neurons with   z²: largest third difference 0.000000",
    ),
    # starts at ln c survives a thousand and splits cross entropy
    "06_losses_for_classes": (
        "step   0: BCE 0.6931",
        "class numbers as a column: RuntimeError",
        "The answer: 2.303 nats",
        "step   0: loss 2.3026   right 10.1%",
        "with the plus  6.908   without it 0.000",
        "softmax by the formula: [nan, 0.0, 0.0]",
        "patched   18.421    true loss   2000.0",
        "right class 2:   2000.0",
        "H 0.6109 + KL 0.3389 = 0.9498;   CE = 0.9498",
        "in all of them: True",
        "probabilities: 0.7437",
    ),
    # walks back adds up and checks itself
    "07_backpropagation": (
        "by hand:   dw = -0.079316",
        "autograd:  dw = -0.079316",
        "The answer: -2.",
        "overwritten  -3.0   added  -2.0   by a small step  -2.000",
        "true gradient at z 0.0, without the slope -1.0",
        "under no_grad:         []",
        "The answer: 16.",
        "The answer: 0.00001.",
        ("below 1e-7", 4),
        "autograd: relative error below 1e-15: True",
        "669,706 parameters",
    ),
    # agrees with torch and shows its slips and zero starts
    "08_optimisers": (
        ('w = 0.881406, b = 6.644072', 2),
        ('w = 0.710378, b = 8.783977', 2),
        "The answer: It is about half",
        "The answer: 10.",
        "   1e-06   0.009901    0.009901        0.000100          0.024025",
        ("moved by 0.0 in 100 steps", 3),
        "The answer: 1 different neuron(s)",
    ),
    # agrees with the loop by hand and shows five slips and what a resumed run needs
    "09_digits": (
        "The answer: About 60 %. 784 · 512 + 512 = 401,920 of 669,706",
        "after model.forward(X): []",
        "over all 669,706 parameters: 0.0000",
        "not shown above: 0",
        "a float; it keeps nothing",
        "the same call now: RuntimeError",
        "The answer: 1.461.",
        "probabilities, indices     1.4612",
        "IndexError: Target 10 is out of bounds.",
        "the run that was never cut off: 0.0000",
        "right on about 45 % of it",
    ),
    # overfits flatters itself forgets eval and compares fairly
    "10_generalising": (
        "parameters: 101,770",
        "The answer: All of the 100, fewer of the others",
        "shuffled labels: 100% of the 100 as labelled",
        "The answer: 19 of 100",
        "stopped early: True",
        ("tensor([ 1.8400, -1.0700,  0.3850])", 2),
        "train, N = 1: ValueError: Expected more than 1 value per channel when training",
        "eval,  N = 1: output of shape (1, 128)",
        "The answer: Less than a third",
        "The answer: 400 labels in place of 100",
    ),
    # slides without turning shares weights and finds the order of coins
    "11_seeing_features": (
        "the sums: tensor([[3., 3., 0.]])",
        "The answer: 0.",
        "The answer: The kernel turned by half a turn",
        "numpy.convolve:  [1. 2. 3.]",
        "F.conv1d:        [3. 2. 1.]",
        "smoothing  0.00   compared with minus",
        "minus the outcome: 0.00",
        "not zero: 6,084   different ones among these: 9",
        "The answer: 208 parameters",
        "convolution: 0.000",
        ("tensor([[-1.,  0.,  1.],\n        [-1.,  0.,  1.],\n        [-1.,  0.,  1.]])", 2),  # written and found
        "tensor([[ 1.,  0., -1.],\n        [ 1.,  0., -1.],\n        [ 1.,  0., -1.]])",
        "the same rows: True",
        "The answer: 2 row(s)",
        "coins in the order in which they lie on the line: D A C F I G H B J E",
        "what each is worth in secret:                     0 1 2 3 4 5 6 7 8 9",
        "The answer: About half",
        "random 12%",
    ),
    # has healthy and sick runs that say what the prose says
    "12_clinic": (
        "loss of the first batch 2.33",
        "right at the end: training 99.1%, validation 95.8%",
        "first loss, pixels times 16   14.03",
        "The answer: The loss goes to 0 all the same",
        "The answer: It jumps at first and then stays near ln 10 = 2.30, as good as guessing",
        "The answer: 2 curves",
        "16 of 16 left",
    ),
}
