from pathlib import Path

import pytest
import torch

from course_utils.data import find_bundled, load_digits_small, load_scores
from course_utils.errors import DataError


def test_scores_are_thirteen_rows_of_two_numbers_in_float64():
    quiz, final = load_scores()
    assert quiz.shape == final.shape == (13,)
    assert quiz.dtype == final.dtype == torch.float64
    assert (quiz[0].item(), final[0].item()) == (25.2, 30.5)
    assert (quiz[-1].item(), final[-1].item()) == (16.9, 25.9)


def test_scores_come_in_float32_when_asked():
    quiz, final = load_scores(dtype=torch.float32)
    assert quiz.dtype == final.dtype == torch.float32


def test_the_line_of_least_squares_is_the_one_the_course_quotes():
    quiz, final = load_scores()
    design = torch.stack([quiz, torch.ones_like(quiz)], dim=1)
    solution = torch.linalg.lstsq(design, final[:, None]).solution[:, 0]
    error = (design @ solution - final).square().mean()
    assert solution.tolist() == pytest.approx([1.312, 0.648], abs=5e-4)
    assert error.item() == pytest.approx(18.60, abs=5e-3)


def test_descent_on_the_raw_scores_diverges_where_the_course_says():
    quiz, _ = load_scores()
    design = torch.stack([quiz, torch.ones_like(quiz)], dim=1)
    steepest = torch.linalg.eigvalsh(design.T @ design).max().item()
    assert 2 / (2 / 13 * steepest) == pytest.approx(0.00655, abs=5e-6)  # mean of squares
    assert 2 / (2 * steepest) == pytest.approx(0.000504, abs=5e-7)  # sum of squares


def test_small_digits_have_shape_range_and_all_ten_classes():
    digits = load_digits_small()
    assert len(digits) == 1797
    assert digits.images.shape == (1797, 8, 8)
    assert digits.images.dtype == torch.float32
    assert (digits.images.min().item(), digits.images.max().item()) == (0.0, 1.0)
    assert digits.labels.dtype == torch.int64
    assert digits.labels.unique().tolist() == list(range(10))
    assert "UCI" in digits.source


def test_small_digits_are_scikit_learns_digits():
    sklearn = pytest.importorskip("sklearn.datasets", reason="scikit-learn is not a dependency of the course")
    original = sklearn.load_digits()
    digits = load_digits_small(dtype=torch.float64)
    assert torch.equal(digits.images * 16, torch.from_numpy(original.images))
    assert torch.equal(digits.labels, torch.from_numpy(original.target).long())


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "columns"),
        (b"quiz,final\n", "no rows"),
        (b"a,b\n1,2\n", "columns"),
        (b"quiz,final\n1,two\n", "line 2"),
        (b"quiz,final\n1,2\n3\n", "line 3"),
        (b"quiz,final\n1,2\n,4\n", "line 3"),
        (b"quiz,final\n\xff\xfe1,2\n", "cannot be read"),
    ],
)
def test_bad_score_files_are_named_with_what_to_do(tmp_path: Path, content: bytes, named: str):
    file = tmp_path / "scores.csv"
    file.write_bytes(content)
    with pytest.raises(DataError, match=named) as caught:
        load_scores(path=file)
    assert "scores.csv" in caught.value.what
    assert caught.value.mend


def test_a_byte_order_mark_and_spare_columns_do_no_harm(tmp_path: Path):
    file = tmp_path / "scores.csv"
    file.write_bytes(b"\xef\xbb\xbfname,quiz,final\nAda,1,2\n")
    quiz, final = load_scores(path=file)
    assert (quiz.tolist(), final.tolist()) == ([1.0], [2.0])


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_a_damaged_digits_file_is_one_sentence(tmp_path: Path, content: bytes):
    file = tmp_path / "digits.npz"
    file.write_bytes(content)
    with pytest.raises(DataError, match=r"digits\.npz cannot be read"):
        load_digits_small(path=file)


def test_missing_files_say_where_was_looked(tmp_path: Path):
    with pytest.raises(DataError, match="Install the course again") as caught:
        find_bundled("nothing.csv", folders=(tmp_path / "one", tmp_path / "two"))
    assert "one" in caught.value.what
    assert "two" in caught.value.what
    with pytest.raises(DataError, match="cannot be read"):
        load_scores(path=tmp_path / "gone.csv")


def test_the_wheels_folder_is_looked_in_first(tmp_path: Path):
    for folder in ("bundled", "clone"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.csv").write_text(folder)
    assert find_bundled("x.csv", folders=(tmp_path / "bundled", tmp_path / "clone")).read_text() == "bundled"
