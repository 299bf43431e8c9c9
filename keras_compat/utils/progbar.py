"""The progress bar of `fit`, `evaluate` and `predict`."""
import sys
import time

import numpy as np


class Progbar:
    """A bar on stdout: steps done, time left or used, and the values so far.

    target: number of steps, None if unknown. verbose: 1 draws a bar, 2 one line at
    the end, 0 nothing. interval: least seconds between two drawings.
    stateful_metrics: names of values that are shown as they are; others are averaged.
    """

    def __init__(self, target, width=30, verbose=1, interval=0.05, stateful_metrics=None):
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.stateful_metrics = set(stateful_metrics or ())
        self._dynamic = (hasattr(sys.stdout, "isatty") and sys.stdout.isatty()
                         or "ipykernel" in sys.modules)
        self._total_width = 0
        self._seen_so_far = 0
        self._values = {}
        self._start = time.time()
        self._last_update = 0

    def due(self, current):
        """Whether `update(current)` would draw now."""
        if not self.verbose:
            return False
        final = self.target is not None and current >= self.target
        if self.verbose == 1 and self.target is None:
            return True
        return final or (self.verbose == 1 and time.time() - self._last_update >= self.interval)

    def add(self, n, values=None):
        """`n` more steps are done."""
        self.update(self._seen_so_far + n, values)

    def update(self, current, values=None):
        """`current` steps are done; values: pairs (name, value over the newest steps)."""
        self._collect(current, values or [])
        if self.due(current):
            self._draw(current)
            self._last_update = time.time()

    def _collect(self, current, values):
        for name, value in values:
            if name in self.stateful_metrics:
                self._values[name] = [value, 1]
                continue
            total = self._values.setdefault(name, [0, 0])
            total[0] += value * (current - self._seen_so_far)
            total[1] += current - self._seen_so_far
        self._seen_so_far = current

    def _draw(self, current):
        finished = self.target is not None and current >= self.target
        info = self._timing(current, finished) + self._averages()
        if self.verbose == 2:
            sys.stdout.write(info + "\n")
        else:
            self._write_bar(self._bar(current), info, finished)
        sys.stdout.flush()

    def _write_bar(self, bar, info, finished):
        previous = self._total_width
        self._total_width = len(bar) + len(info)
        padding = " " * max(0, previous - self._total_width)
        start = "\b" * previous + "\r" if self._dynamic else "\n"
        sys.stdout.write(start + bar + info + padding + ("\n" if finished else ""))

    def _bar(self, current):
        if self.target is None:
            return f"{current:7d}/Unknown"
        digits = len(str(self.target))
        filled = int(self.width * min(current / max(self.target, 1), 1))
        body = "=" * max(filled - 1, 0)
        if filled:
            body += ">" if current < self.target else "="
        return f"{current:{digits}d}/{self.target} [{body}{'.' * (self.width - filled)}]"

    def _timing(self, current, finished):
        elapsed = time.time() - self._start
        per_step = elapsed / current if current else 0
        if self.verbose == 2:
            return f" - {elapsed:.0f}s"
        if self.target is not None and not finished:
            return f" - ETA: {_clock(per_step * (self.target - current))}"
        return f" - {elapsed:.0f}s {_duration(per_step)}"

    def _averages(self):
        return "".join(f" - {name}: {_number(total / max(1, count))}"
                       for name, (total, count) in self._values.items())


def _clock(seconds):
    """Seconds as '2:03:04', '3:04' or '4s'."""
    hours, rest = divmod(int(seconds), 3600)
    if hours:
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    return f"{rest // 60}:{rest % 60:02d}" if rest >= 60 else f"{rest}s"


def _duration(per_step):
    if per_step >= 1 or per_step == 0:
        return f"{per_step:.0f}s/step"
    if per_step >= 1e-3:
        return f"{per_step * 1e3:.0f}ms/step"
    return f"{per_step * 1e6:.0f}us/step"


def _number(value):
    value = float(np.mean(value))
    return f"{value:.4f}" if abs(value) > 1e-3 else f"{value:.4e}"
