"""Runs blocks of Python, as the pages of docs have them, one after another.

Each line of standard input is a block, as a JSON string. Each block runs as if it
were alone; the answer is a JSON object on a line: what it printed, and its error if
there was one.
"""

import contextlib
import io
import json
import sys
import traceback
import warnings

warnings.simplefilter("ignore")
answers = sys.stdout
for line in sys.stdin:
    answer, printed = {}, io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(json.loads(line), "block", "exec"), {"__name__": "__main__"})
    except BaseException:
        answer["error"] = traceback.format_exc()
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
    answer["printed"] = printed.getvalue()
    print(json.dumps(answer), file=answers, flush=True)
