"""Downloads from real servers on this machine: mirrors, broken connections, wrong bytes, full and read-only disks."""

import os
import socket
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pooch
import pytest
from local_mirror import Mirror, digit_files, origin_of, refused_address

from course_utils.data import fetch as fetching
from course_utils.data.fetch import fetch, find_answering, find_missing
from course_utils.data.mnist import MNIST
from course_utils.errors import DataError

FILES = digit_files()
FIRST = "train-images-idx3-ubyte.gz"


@pytest.fixture(autouse=True)
def straight_to_this_machine(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(fetching, "GRACE_SECONDS", 60)  # on a busy machine the first mirror may answer late


def bytes_in(cache):
    return {file.name: file.read_bytes() for file in cache.iterdir()}


@pytest.mark.parametrize(
    ("faults_of_each_mirror", "asked"),
    [
        ([[]], 4),
        ([[503], []], 5),
        ([["wrong"], []], 5),
        ([["wrong"]], 5),  # one mirror, asked again
        ([["more"], []], 5),
        ([["drop"], []], 5),
        ([["drop"]], 5),
        ([["drop"], ["wrong"]], 6),  # half right and half wrong is wrong, and is not gone on with
        ([["drop", "wrong"], ["drop"]], 7),
        ([["stall"], []], 5),
        ([[503, 503], [503]], 7),
    ],
)
def test_the_right_bytes_arrive_all_the_same(tmp_path, monkeypatch, capfd, faults_of_each_mirror, asked):
    monkeypatch.setattr(fetching, "STALL_SECONDS", 0.3)
    cache = tmp_path / "new" / "cache"
    with ExitStack() as stack:
        mirrors = [stack.enter_context(Mirror(FILES, list(faults))) for faults in faults_of_each_mirror]
        fetch(origin_of(FILES, *(mirror.address for mirror in mirrors)), cache)
    assert bytes_in(cache) == FILES
    assert sum(len(mirror.asked) for mirror in mirrors) == asked
    said = capfd.readouterr()
    assert said.err == ""
    assert said.out.count("\n") == 1
    assert "100 % of 0.3 MB" in said.out


@pytest.mark.parametrize("with_ranges", [True, False])
def test_a_broken_download_goes_on_where_it_ended_if_the_server_can(tmp_path, with_ranges):
    with Mirror(FILES, ["drop"], with_ranges=with_ranges) as mirror:
        fetch(origin_of(FILES, mirror.address), tmp_path, progress=False)
    (_, start), (name, onward) = mirror.asked[:2]
    half = len(FILES[FIRST]) // 2
    assert (start, name) == (0, FIRST)
    assert half - 2**14 < onward <= half
    assert bytes_in(tmp_path) == FILES


def test_what_has_come_is_kept_for_the_next_call_and_never_taken_for_the_whole(tmp_path):
    with Mirror(FILES, ["drop", "drop"]) as mirror:
        origin = origin_of(FILES, mirror.address)
        with pytest.raises(DataError, match=f"{FIRST}: 127.0.0.1 broke the connection off"):
            fetch(origin, tmp_path, progress=False)
        assert [file.name for file in tmp_path.iterdir()] == [f"{FIRST}.part"]
        assert len(find_missing(origin, tmp_path)) == 4
        fetch(origin, tmp_path, progress=False)
    starts = [first for name, first in mirror.asked if name == FIRST]
    assert starts[0] == 0 < starts[1] < starts[2] < len(FILES[FIRST])
    assert bytes_in(tmp_path) == FILES


def test_a_whole_cache_asks_nobody(tmp_path):
    for name, body in FILES.items():
        (tmp_path / name).write_bytes(body)
    fetch(origin_of(FILES, refused_address()), tmp_path)


@pytest.mark.parametrize("spoiled", [FILES[FIRST][:1000], b"", bytes(len(FILES[FIRST]))])
def test_a_spoiled_file_in_the_cache_is_fetched_anew(tmp_path, spoiled):
    for name, body in FILES.items():
        (tmp_path / name).write_bytes(spoiled if name == FIRST else body)
    with Mirror(FILES) as mirror:
        fetch(origin_of(FILES, mirror.address), tmp_path)
    assert mirror.asked == [(FIRST, 0)]
    assert bytes_in(tmp_path) == FILES


def test_a_leftover_that_is_too_long_is_thrown_away(tmp_path):
    (tmp_path / f"{FIRST}.part").write_bytes(FILES[FIRST] + b"more")
    with Mirror(FILES) as mirror:
        fetch(origin_of(FILES, mirror.address), tmp_path)
    assert bytes_in(tmp_path) == FILES


@pytest.mark.parametrize(
    ("faults", "sentence"),
    [
        ([404] * 9, "answered 404"),
        ([500] * 9, "answered 500"),
        (["wrong"] * 9, "its checksum differs"),
        (["more"] * 9, "its checksum differs"),
        (["drop"] * 9, "broke the connection off"),
    ],
)
def test_where_every_mirror_fails_each_is_named_with_its_reason(tmp_path, faults, sentence):
    with Mirror(FILES, list(faults)) as one, Mirror(FILES, [503] * 9) as other, pytest.raises(DataError) as caught:
        fetch(origin_of(FILES, one.address, other.address), tmp_path, progress=False)
    assert sentence in caught.value.what
    assert "answered 503" in caught.value.what
    assert FIRST in caught.value.what
    assert caught.value.mend
    assert not (tmp_path / FIRST).exists()


def test_refused_connections_are_known_before_anything_is_asked_for(tmp_path):
    with pytest.raises(DataError, match="cannot be reached from here") as caught:
        fetch(origin_of(FILES, refused_address(), refused_address()), tmp_path)
    assert "MNIST_DIR" in caught.value.mend


def test_a_mirror_that_never_answers_is_given_up_and_one_that_does_comes_first(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection and says nothing
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(DataError, match="cannot be reached"):
            find_answering(origin_of(FILES, address), seconds=0.2)
        monkeypatch.setattr(fetching, "GRACE_SECONDS", 0.05)
        with Mirror(FILES) as mirror:
            found = find_answering(origin_of(FILES, address, mirror.address, refused_address()), seconds=10)
    assert found[:2] == (mirror.address, address)


def test_the_time_to_find_out_that_there_is_no_network_is_under_five_seconds():
    assert fetching.ANSWER_SECONDS < 5


def mount(folder, *options):
    """Mount a small file system, as root on Linux can; else skip."""
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting needs Linux and root")


@pytest.fixture(params=["mounted read-only", "another user's"])
def read_only(request):
    """A folder we cannot write to."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if request.param == "mounted read-only":
            mount(folder, "ro")
            yield folder
            subprocess.run(["umount", name], check=True)
            return
        folder.chmod(0o555)
        if os.geteuid() != 0:
            yield folder
        else:
            os.seteuid(65534)  # root may write anywhere
            yield folder
            os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs users as Unix has them")
def test_a_read_only_cache_is_one_sentence(read_only):
    with Mirror(FILES) as mirror:
        origin = origin_of(FILES, mirror.address)
        for cache in (read_only, read_only / "deeper"):
            with pytest.raises(DataError, match="is read-only") as caught:
                fetch(origin, cache, progress=False)
            assert str(cache) in caught.value.what
            assert "FIRST_DESCENT_CACHE" in caught.value.mend


def test_a_cache_that_is_no_folder_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with Mirror(FILES) as mirror, pytest.raises(DataError, match="cannot be used"):
        fetch(origin_of(FILES, mirror.address), tmp_path / "file" / "cache", progress=False)


@pytest.fixture(params=["small", "/dev/full"])
def full_disk(request):
    """A folder on a disk with less room than the first file needs."""
    with tempfile.TemporaryDirectory() as name:
        if request.param == "small":
            mount(name, "size=64k")
            yield Path(name)
            subprocess.run(["umount", name], check=True)
            return
        if not Path("/dev/full").exists():
            pytest.skip("needs /dev/full")
        (Path(name) / f"{FIRST}.part").symlink_to("/dev/full")
        yield Path(name)


def test_a_full_disk_is_one_sentence_and_gets_its_room_back(full_disk):
    with Mirror(FILES) as mirror:
        with pytest.raises(DataError, match=r"needs 0\.3 MB, and the disk that holds .* is full"):
            fetch(origin_of(FILES, mirror.address), full_disk, progress=False)
        assert mirror.asked == [(FIRST, 0)]  # no other mirror can help
    assert list(full_disk.iterdir()) == []


def test_poochs_logger_is_left_as_it_was(tmp_path):
    level = pooch.get_logger().level
    with Mirror(FILES) as mirror:
        fetch(origin_of(FILES, mirror.address), tmp_path, progress=False)
    assert pooch.get_logger().level == level


def test_mnist_is_named_by_its_four_checksums_and_two_mirrors():
    assert sum(file.size_bytes for file in MNIST.files) == MNIST.size_bytes == 11_594_722
    assert len({file.sha256 for file in MNIST.files}) == len(MNIST.files) == 4
    assert all(len(file.sha256) == 64 for file in MNIST.files)
    assert len(MNIST.mirrors) == 2
    assert all(mirror.startswith("https://") and mirror.endswith("/") for mirror in MNIST.mirrors)
    assert replace(MNIST) == MNIST  # a value: two equal ones are one
