"""load_digits: which digits one gets, from where, and what is said about it."""

import gzip
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch
from local_mirror import NAMES, Mirror, digit_files, idx_bytes, origin_of, refused_address
from torch import nn

from course_utils.data import load_digits, load_digits_small
from course_utils.errors import DataError

FILES = digit_files(train=6, test=4)
PLAIN = {name.removesuffix(".gz"): gzip.decompress(body) for name, body in FILES.items()}
TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = NAMES


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    for name in ("MNIST_DIR", "FIRST_DESCENT_DATA", "FIRST_DESCENT_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def nowhere(tmp_path):
    """No mirror answers and nothing is in the cache."""
    return {"origin": origin_of(FILES, refused_address()), "cache": tmp_path / "cache"}


def write(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        (folder / name).write_bytes(body)
    return folder


def assert_is_small(digits, split):
    assert digits.images.shape == ({"train": 1438, "test": 359}[split], 28, 28)
    assert digits.source.startswith(f"small digits, {split} part")


# --- the small digits


def test_the_small_digits_are_the_bundled_ones_split_in_two():
    train, test = load_digits("train", "small"), load_digits("test", "small")
    assert_is_small(train, "train")
    assert_is_small(test, "test")
    for part in (train, test):
        assert part.images.dtype == torch.float32
        assert part.labels.dtype == torch.int64
        assert 0 <= part.images.min() < part.images.max() <= 1
        assert part.labels.bincount(minlength=10).min() >= 25
        frame = part.images.clone()
        frame[:, 4:24, 4:24] = 0
        assert frame.abs().max() == 0
    both = torch.cat([train.labels, test.labels]).bincount()
    assert torch.equal(both, load_digits_small().labels.bincount())
    together = torch.cat([train.images, test.images]).flatten(1)
    assert len(together.unique(dim=0)) == len(load_digits_small().images.flatten(1).unique(dim=0)) == 1797


def test_a_grown_digit_looks_like_the_one_it_grew_from():
    train, small = load_digits("train", "small"), load_digits_small()
    shrunk = nn.functional.interpolate(train.images[:, None, 4:24, 4:24], size=(8, 8), mode="area")[:, 0]
    apart = torch.cdist(shrunk[:50].flatten(1), small.images.flatten(1))
    assert torch.equal(small.labels[apart.argmin(dim=1)], train.labels[:50])


def test_the_split_is_the_same_every_time():
    assert load_digits("test", "small").labels[:12].tolist() == [2, 8, 2, 6, 6, 7, 1, 9, 8, 5, 2, 8]
    assert torch.equal(load_digits("test", "small").images, load_digits("test", "small").images)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16])
@pytest.mark.parametrize("source", ["small", "mnist"])
def test_images_come_in_the_kind_of_number_asked_for(tmp_path, monkeypatch, source, dtype):
    monkeypatch.setenv("MNIST_DIR", str(write(tmp_path, FILES)))
    digits = load_digits("test", source, dtype=dtype)
    assert digits.images.dtype == dtype
    assert digits.images.max() <= 1


# --- MNIST, from the network, the cache, a folder


def test_mnist_comes_from_the_mirror_once_and_then_from_the_cache(tmp_path, capsys):
    with Mirror(FILES) as mirror:
        origin = origin_of(FILES, mirror.address)
        train = load_digits(origin=origin, cache=tmp_path / "cache")
        test = load_digits("test", origin=origin, cache=tmp_path / "cache")
    assert [len(train), len(test)] == [6, 4]
    assert len(mirror.asked) == 4
    assert "100 %" in capsys.readouterr().out
    again = load_digits("train", "mnist", origin=origin, cache=tmp_path / "cache")  # the mirror is gone
    assert torch.equal(again.images, train.images)
    pixels = torch.tensor(list(PLAIN[TRAIN_IMAGES][16:]), dtype=torch.uint8).reshape(6, 28, 28)
    assert torch.equal((train.images * 255).round().to(torch.uint8), pixels)
    assert train.labels.tolist() == list(PLAIN[TRAIN_LABELS][8:])
    assert train.source == "MNIST, train part: 6 pictures of 28×28 pixels (the official train part has 60,000)"


def test_no_bar_is_shown_when_none_is_wanted(tmp_path, capfd):
    with Mirror(FILES) as mirror:
        load_digits("train", "mnist", progress=False, origin=origin_of(FILES, mirror.address), cache=tmp_path)
    assert capfd.readouterr() == ("", "")


def test_the_cache_can_be_named_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("FIRST_DESCENT_CACHE", str(write(tmp_path / "mine", FILES)))
    assert len(load_digits("test", "mnist", origin=origin_of(FILES, refused_address()))) == 4


@pytest.mark.parametrize("subfolder", ["", "raw", "MNIST/raw"])
@pytest.mark.parametrize(
    "spell",
    [
        lambda name: name,
        lambda name: name + ".gz",
        lambda name: name.replace("-idx", ".idx"),
        lambda name: name.replace("t10k", "test").upper(),
    ],
)
def test_a_folder_is_read_however_its_files_are_spelled(tmp_path, monkeypatch, nowhere, capsys, subfolder, spell):
    spelled = {spell(name): FILES[name + ".gz"] if spell(name).endswith("gz") else PLAIN[name] for name in NAMES}
    write(tmp_path / "mine" / subfolder, spelled)
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "mine"))
    assert len(load_digits("train", **nowhere)) == 6
    assert load_digits("test", **nowhere).labels.tolist() == list(PLAIN[TEST_LABELS][8:])
    assert "from the folder that MNIST_DIR names" in load_digits("test", **nowhere).source
    assert capsys.readouterr().out == ""


def zeros(*shape, of=0):
    return idx_bytes(np.full(shape, of, dtype=np.uint8))


GZ = f"{TRAIN_IMAGES}.gz"
NOT_GZ = {name: PLAIN[name] for name in NAMES[1:]}  # all but the training images
BAD_FOLDERS = {  # name -> files, the part that cannot be read, what is said of it
    "missing": (None, "train", "does not exist"),
    "empty": ({}, "train", "has no file train-images"),
    "labels missing": ({name: PLAIN[name] for name in NAMES if name != TRAIN_LABELS}, "train", "train-labels"),
    "one part missing": ({name: PLAIN[name] for name in NAMES[:2]}, "test", "t10k-images"),
    "not IDX": (PLAIN | {TRAIN_IMAGES: b"<html>404 Not Found</html>"}, "train", "not an IDX file"),
    "an empty file": (PLAIN | {TEST_LABELS: b""}, "test", "not an IDX file"),
    "labels as images": (PLAIN | {TRAIN_IMAGES: PLAIN[TRAIN_LABELS]}, "train", "not an IDX file"),
    "truncated": (PLAIN | {TRAIN_IMAGES: PLAIN[TRAIN_IMAGES][:-1]}, "train", "promises 4,704 bytes and holds 4,703"),
    "only a head": (PLAIN | {TRAIN_IMAGES: PLAIN[TRAIN_IMAGES][:9]}, "train", "not an IDX file"),
    "bytes too many": (PLAIN | {TEST_LABELS: PLAIN[TEST_LABELS] + b"0"}, "test", "promises 4 bytes and holds more"),
    "promises gigabytes": (PLAIN | {TRAIN_IMAGES: b"\0\0\x08\x03" + b"\xff" * 12}, "train", "no part of MNIST has"),
    "truncated gz": (NOT_GZ | {GZ: FILES[GZ][:2000]}, "train", r"cannot be read \(Compressed file ended"),
    "broken gz": (NOT_GZ | {GZ: FILES[GZ][:1000] + bytes(2000)}, "train", "cannot be read"),
    "no gz": (NOT_GZ | {GZ: b"nothing"}, "train", "cannot be read"),
    "lengths differ": (PLAIN | {TRAIN_LABELS: PLAIN[TEST_LABELS]}, "train", "has 6 pictures and .* has 4 labels"),
    "no pictures": (PLAIN | {TRAIN_IMAGES: zeros(0, 28, 28), TRAIN_LABELS: zeros(0)}, "train", "has 0 pictures"),
    "other size": (PLAIN | {TEST_IMAGES: zeros(4, 8, 8)}, "test", "8×8 pixels, not 28×28"),
    "letters": (PLAIN | {TEST_LABELS: zeros(4, of=11)}, "test", "the label 11"),
}


@pytest.mark.parametrize("name", BAD_FOLDERS)
def test_a_bad_folder_is_one_sentence_and_auto_goes_on(tmp_path, monkeypatch, nowhere, capsys, name):
    files, broken_split, words = BAD_FOLDERS[name]
    folder = tmp_path / "mine"
    if files is not None:
        write(folder, files)
    monkeypatch.setenv("MNIST_DIR", str(folder))
    with pytest.raises(DataError, match=words) as caught:
        load_digits(broken_split, "mnist", **nowhere)
    assert str(folder) in caught.value.what
    assert caught.value.mend
    for split in ("train", "test"):  # both parts, even where one alone could be read
        assert_is_small(load_digits(split, **nowhere), split)
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.count("\n") == 1
    assert str(folder) in said.out
    assert "so you get the small digits" in said.out


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs users as Unix has them")
def test_a_folder_that_may_not_be_read_is_one_sentence(monkeypatch):
    with tempfile.TemporaryDirectory() as name:
        folder = write(Path(name), PLAIN)
        monkeypatch.setenv("MNIST_DIR", name)
        folder.chmod(0)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)  # root may read anything
        try:
            with pytest.raises(DataError, match="cannot be read"):
                load_digits("train", "mnist")
        finally:
            os.seteuid(user)
            folder.chmod(0o755)


# --- no MNIST to be had: one sentence, and on


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        (None, "127.0.0.1 cannot be reached from here"),
        ([503] * 99, "answered 503"),
        (["wrong"] * 99, "its checksum differs"),
        (["drop"] * 99, "broke the connection off"),
    ],
)
def test_where_the_network_fails_auto_says_why_and_gives_the_small_digits(tmp_path, capsys, faults, words):
    with Mirror(FILES, faults or []) as mirror:
        address = mirror.address if faults else refused_address()
        where = {"origin": origin_of(FILES, address), "cache": tmp_path / "cache", "progress": False}
        with pytest.raises(DataError, match=words):
            load_digits("train", "mnist", **where)
        for split in ("train", "test"):
            assert_is_small(load_digits(split, **where), split)
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert words in said
    assert "about 45 % of MNIST" in said


def test_the_choice_of_auto_holds_even_if_the_network_comes_back(tmp_path, capsys):
    where = {"cache": tmp_path / "cache", "progress": False}
    with Mirror(FILES, [503] * 2) as mirror:
        where["origin"] = origin_of(FILES, mirror.address)
        assert_is_small(load_digits("train", **where), "train")
        assert_is_small(load_digits("test", **where), "test")
        assert len(load_digits("test", "mnist", **where)) == 4  # whoever asks for MNIST gets it
        assert_is_small(load_digits("test", **where), "test")
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize("wish", ["small", " SMALL "])
def test_the_environment_can_settle_what_auto_means(tmp_path, monkeypatch, capsys, wish):
    monkeypatch.setenv("MNIST_DIR", str(write(tmp_path, PLAIN)))
    monkeypatch.setenv("FIRST_DESCENT_DATA", wish)
    assert_is_small(load_digits("train"), "train")
    assert len(load_digits("train", "mnist")) == 6  # what is asked for by name is not overruled
    assert capsys.readouterr().out == ""


def test_where_the_environment_insists_on_mnist_its_lack_is_an_error(nowhere, monkeypatch):
    monkeypatch.setenv("FIRST_DESCENT_DATA", "mnist")
    with pytest.raises(DataError, match="cannot be reached"):
        load_digits("train", **nowhere)


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (("validation",), "", "split is 'validation'.*train, test"),
        (("train", "MINST"), "", "source is 'MINST'.*auto, small, mnist"),
        (("train",), "large", "FIRST_DESCENT_DATA is 'large'"),
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones(monkeypatch, arguments, environment, words):
    monkeypatch.setenv("FIRST_DESCENT_DATA", environment)
    with pytest.raises(DataError, match=words):
        load_digits(*arguments)


# --- the real digits, where they are at hand

REAL = os.environ.get("MNIST_DIR")
needs_real = pytest.mark.skipif(not REAL, reason="needs MNIST_DIR, a folder with real MNIST digits")


@needs_real
def test_real_digits_are_ink_on_paper_centred_by_mass(monkeypatch):
    monkeypatch.setenv("MNIST_DIR", REAL)
    digits = load_digits("test")
    assert digits.labels.unique().tolist() == list(range(10))
    assert (digits.images.min(), digits.images.max()) == (0, 1)
    ink = digits.images.mean(dim=0)
    assert ink[:2].max() < 0.02 < ink[12:16, 12:16].min()
    rows = (digits.images.sum(dim=2) * torch.arange(28.0)).sum(dim=1) / digits.images.sum(dim=(1, 2))
    assert (rows - 14).abs().median() < 0.6


@needs_real
def test_a_model_from_the_small_digits_is_right_on_less_than_half_of_mnist(monkeypatch):
    """The sentence that load_digits prints says about 45 %."""
    monkeypatch.setenv("MNIST_DIR", REAL)
    torch.manual_seed(0)
    small, real = load_digits("train", "small"), load_digits("test", "mnist")
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    for batch in torch.randperm(10 * len(small)).remainder(len(small)).split(64):
        optimiser.zero_grad()
        nn.functional.cross_entropy(model(small.images[batch]), small.labels[batch]).backward()
        optimiser.step()
    with torch.inference_mode():
        share = (model(real.images).argmax(dim=1) == real.labels).float().mean().item()
    assert 0.36 < share < 0.50
